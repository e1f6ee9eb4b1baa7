"""A refresh after 1 % new events, and everything done anew at the same as-of."""

import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SETTINGS = """
[shop]
name = "Bench"
currency = "GBP"
timezone = "UTC"

[[source]]
table = "contacts"
files = ["exports/contacts.parquet"]
columns = { contact = "contact_id", created_at = "created_at", timezone = "timezone", country = "country", consent = "consent", source = "source" }

[[source]]
table = "campaigns"
files = ["exports/campaigns.parquet"]
columns = { campaign = "campaign_id", name = "name", subject = "subject", campaign_type = "campaign_type", sent_at = "sent_at" }

[[source]]
table = "events"
files = ["exports/events-*.parquet"]
columns = { event_id = "event_id", contact = "contact_id", time = "ts", kind = "kind", campaign = "campaign_id", variant = "variant", device = "device", client = "client", product = "product_id", category = "category", page = "page", seconds = "seconds", machine = "machine" }

[[source]]
table = "orders"
files = ["exports/orders.parquet"]
columns = { order = "order_id", contact = "contact_id", time = "ts", amount = "amount", currency = "currency", discount = "discount", status = "status" }

[segments.rules.ordered_lately]
name = "Ordered within a week"
feature = "recency_days"
at_most = 7
missing = "fails"
"""


def run(program: str, shop: pathlib.Path, line: str) -> float:
    start = time.perf_counter()
    command = [program, *line.split(), "--workspace", str(shop), "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def split(exports: pathlib.Path, share: float) -> datetime.date:
    """Divides the events at a midnight after which about `share` of them lie; that day."""
    events = pq.ParquetFile(exports / "events.parquet")
    days: dict[int, int] = {}
    for group in range(events.num_row_groups):
        day = pc.divide(events.read_row_group(group, ["ts"])["ts"].cast("timestamp[ms]").cast("int64"), 86_400_000)
        for item in pc.value_counts(day).to_pylist():
            days[item["values"]] = days.get(item["values"], 0) + item["counts"]
    late, cut = 0, max(days) + 1
    while late < share * sum(days.values()):
        cut -= 1
        late += days.get(cut, 0)
    moment = pa.scalar(cut * 86_400_000, "int64")
    writers = {}
    for group in range(events.num_row_groups):
        rows = events.read_row_group(group)
        is_late = pc.greater_equal(rows["ts"].cast("timestamp[ms]").cast("int64"), moment)
        for name, part in (("base", rows.filter(pc.invert(is_late))), ("late", rows.filter(is_late))):
            if name not in writers:
                writers[name] = pq.ParquetWriter(exports / f"{name}.parquet", rows.schema, compression="zstd")
            writers[name].write_table(part)
    for writer in writers.values():
        writer.close()
    print(f"{sum(days.values()):,} events, {late / sum(days.values()):.2%} of them new", flush=True)
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=cut)


def main() -> None:
    program, work, contacts = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    shop, made = work / "shop", work / f"made-{contacts}"
    if not made.exists():
        line = [program, "simulate", str(made), "--contacts", str(contacts), "--days", "365", "--files", "parquet", "-q"]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    cut, end = split(made, 0.01), datetime.date(2026, 7, 1)
    for place in (shop, work / "anew"):
        shutil.rmtree(place, ignore_errors=True)
        (place / "exports").mkdir(parents=True)
        (place / "microseg.toml").write_text(SETTINGS)
        for name in ("contacts", "campaigns", "orders"):
            os.link(made / f"{name}.parquet", place / "exports" / f"{name}.parquet")
        os.link(made / "base.parquet", place / "exports" / "events-0.parquet")
    before = run(program, shop, f"run --as-of {cut}")
    run(program, shop, f"segments accept --all --as-of {cut}")
    first = run(program, shop, f"refresh --as-of {cut}")
    for place in (shop, work / "anew"):
        os.link(made / "late.parquet", place / "exports" / "events-1.parquet")
    refresh = run(program, shop, f"refresh --as-of {end}")
    again = run(program, work / "anew", f"run --as-of {end}")
    print(f"{contacts:,} contacts: first full run {before:.1f} s, first refresh {first:.1f} s; refresh after 1 % new "
          f"events {refresh:.1f} s; everything anew {again:.1f} s; share {refresh / again:.3f}")


main()
