"""The settings of the benches' shop: one source of events; `files` is to be filled in."""

WORKSPACE = """
[shop]
name = "Bench"
currency = "GBP"
timezone = "UTC"

[[source]]
table = "events"
files = ["{files}"]
columns = {{ contact = "contact_id", time = "ts", kind = "kind", campaign = "campaign_id", device = "device", client = "client", category = "category", seconds = "seconds", machine = "machine" }}
"""
