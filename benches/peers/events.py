"""Invents raw events: FILE.parquet and FILE.csv, in no order, with 26-character contact ids.

Usage: events.py FILE ROWS SEED [FIRST_DAY:LAST_DAY [CONTACTS [parquet]]]
"""

import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

EVENTS_A_CONTACT = 43.5
START_US = 1_719_792_000_000_000  # 2024-07-01
DAYS = 730
CHUNK = 1_000_000

KINDS = ["sent", "delivered", "opened", "clicked", "page_viewed", "product_viewed", "cart_added",
         "checkout_started", "bounced", "unsubscribed", "complained"]
SHARES = [0.27, 0.265, 0.12, 0.03, 0.16, 0.10, 0.03, 0.015, 0.006, 0.003, 0.001]
DEVICES, DEVICE_SHARES = ["mobile", "desktop", "tablet"], [0.6, 0.33, 0.07]
CLIENTS = ["Apple Mail", "Gmail", "Outlook", "Chrome", "Safari", "Firefox", "Samsung Mail", "Yahoo"]
CATEGORIES = [f"category {n:02d}" for n in range(24)]
CAMPAIGNS = [f"campaign-{n:04d}" for n in range(300)]
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype="S1")


def contact_ids(count: int, rng: np.random.Generator) -> pa.Array:
    letters = ALPHABET[rng.integers(0, 32, (count, 26))]
    return pa.array(letters.view("S26").ravel().astype(str))


def words(texts: list[str], codes: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    indices = pa.array(codes.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts)).cast(pa.string())


def chunk(rows: int, ids: pa.Array, share: np.ndarray, days: float, rng: np.random.Generator) -> pa.Table:
    contact = np.searchsorted(share, rng.random(rows))
    kind = np.searchsorted(np.cumsum(SHARES), rng.random(rows) * 0.999999)
    us = START_US + rng.integers(0, int(days * 86_400_000_000), rows)
    is_mail = np.isin(kind, [0, 1, 2, 3, 8, 9, 10])
    is_action = np.isin(kind, [2, 3, 4, 5, 6, 7])
    is_view = np.isin(kind, [4, 5])
    # A campaign lasts a few days: its number follows from the time.
    campaign = (us - START_US) // int(DAYS * 86_400_000_000 // len(CAMPAIGNS) + 1)
    campaign = np.minimum(campaign, len(CAMPAIGNS) - 1)
    seconds = np.round(rng.lognormal(3.0, 1.0, rows), 1)
    return pa.table({
        "contact_id": ids.take(pa.array(contact)),
        "ts": pa.array(us, pa.timestamp("us", tz="UTC")),
        "kind": words(KINDS, kind),
        "campaign_id": words(CAMPAIGNS, campaign, ~is_mail),
        "device": words(DEVICES, np.searchsorted(np.cumsum(DEVICE_SHARES), rng.random(rows) * 0.999999), ~is_action),
        "client": words(CLIENTS, rng.integers(0, len(CLIENTS), rows), ~is_action),
        "category": words(CATEGORIES, rng.integers(0, len(CATEGORIES), rows), ~is_view),
        "seconds": pa.array(seconds, mask=~is_view),
        "machine": pa.array(rng.random(rows) < 0.3, mask=~np.isin(kind, [2, 3])),
    })


def main() -> None:
    stem, rows, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    first_day, last_day = (float(part) for part in sys.argv[4].split(":")) if len(sys.argv) > 4 else (0, DAYS)
    contacts = int(sys.argv[5]) if len(sys.argv) > 5 else max(int(rows / EVENTS_A_CONTACT), 1)
    with_csv = "parquet" not in sys.argv[6:]
    ids = contact_ids(contacts, np.random.default_rng(1))
    activity = np.random.default_rng(2).gamma(1.5, 1.0, contacts)
    share = np.cumsum(activity / activity.sum())
    rng = np.random.default_rng(seed)
    global START_US
    START_US += int(first_day * 86_400_000_000)
    parquet = csv = None
    for start in range(0, rows, CHUNK):
        table = chunk(min(CHUNK, rows - start), ids, share, last_day - first_day, rng)
        parquet = parquet or pq.ParquetWriter(stem.with_suffix(".parquet"), table.schema, compression="zstd")
        parquet.write_table(table)
        if with_csv:
            text = table.set_column(1, "ts", table["ts"].cast(pa.string()))
            csv = csv or pyarrow.csv.CSVWriter(stem.with_suffix(".csv"), text.schema)
            csv.write_table(text)
    parquet.close()
    if csv:
        csv.close()


main()
