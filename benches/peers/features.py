"""Features and ingest by microseg, DuckDB and Polars on the same events: same values first, then the times."""

import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import duckdb
import numpy as np
import polars as pl

from shop import WORKSPACE

NOW_US = 1_782_864_000_000_000  # 2026-07-01
DAY_US = 86_400_000_000
AS_OF = "2026-07-01"
THREADS = 2

WEB = "('page_viewed', 'product_viewed', 'cart_added', 'checkout_started')"
VIEW = "('page_viewed', 'product_viewed')"

# name -> (kind or kinds, days): plain counts by kind and window.
COUNTS = {
    **{f"page_views_{d}d": ("page_viewed", d) for d in (7, 30, 90, 365)},
    **{f"product_views_{d}d": ("product_viewed", d) for d in (7, 30, 90, 365)},
    "page_views": ("page_viewed", None),
    **{f"carts_{d}d": ("cart_added", d) for d in (30, 90, 365)},
    **{f"checkouts_{d}d": ("checkout_started", d) for d in (30, 90, 365)},
    "unsubscribes_365d": ("unsubscribed", 365),
    "complaints_365d": ("complained", 365),
    **{f"bounces_{d}d": ("bounced", d) for d in (90, 365)},
}
COUNTERS = [*COUNTS, "seconds_90d", "seconds_365d", "days_since_visit"]
BEHAVIOUR = [
    "page_views_30d", "page_views_90d", "product_views_90d", "product_views_365d", "carts_90d",
    "checkouts_90d", "seconds_90d", "days_since_visit", "sessions_30d", "sessions_90d",
    "sessions_365d", "sessions", "categories_90d", "categories_365d", "top_category_share_90d",
    "mobile_share", "desktop_share", "tablet_share", "morning_share", "evening_share",
    "weekend_share", "unsubscribes_365d",
]


def since(days: int | None) -> int:
    return NOW_US - days * DAY_US if days else -(2**62)


def timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - start


# --- DuckDB ---------------------------------------------------------------------------------------


def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET threads={THREADS}")
    connection.execute("SET preserve_insertion_order=false")
    return connection


def duck_column(name: str) -> str:
    if name in COUNTS:
        kind, days = COUNTS[name]
        return f"count(*) FILTER (WHERE kind = '{kind}' AND us >= {since(days)})"
    if name.startswith("seconds_"):
        days = int(name.removeprefix("seconds_").removesuffix("d"))
        return f"coalesce(sum(duration_ms) FILTER (WHERE kind IN {WEB} AND us >= {since(days)}), 0) / 1000.0"
    if name == "days_since_visit":
        return f"{NOW_US // DAY_US} - max(us // {DAY_US}) FILTER (WHERE kind IN {WEB})"
    if name.startswith("sessions"):
        days = int(name.removeprefix("sessions_").removesuffix("d")) if "_" in name else None
        return f"count(*) FILTER (WHERE starts AND us >= {since(days)})"
    if name.startswith("categories_"):
        days = int(name.removeprefix("categories_").removesuffix("d"))
        return f"count(DISTINCT category) FILTER (WHERE kind IN {VIEW} AND us >= {since(days)})"
    acts = f"acts AND us >= {since(365)}"
    if name in ("mobile_share", "desktop_share", "tablet_share"):
        part, of = f"device = '{name.split('_')[0]}'", f"{acts} AND device IS NOT NULL"
    else:
        part = {
            "morning_share": "us % 86400000000 // 3600000000 BETWEEN 5 AND 10",
            "evening_share": "us % 86400000000 // 3600000000 BETWEEN 17 AND 22",
            "weekend_share": "(us // 86400000000 + 3) % 7 >= 5",
        }[name]
        of = acts
    return f"CASE WHEN count(*) FILTER (WHERE {of}) >= 5 THEN count(*) FILTER (WHERE {of} AND {part})::DOUBLE / count(*) FILTER (WHERE {of}) END"


def duck_features(events: str, seconds: str, names: list[str], out: str) -> None:
    columns = [n for n in names if n != "top_category_share_90d"]
    needs_sessions = any(n.startswith("sessions") for n in names)
    base = f"SELECT contact_key, kind, epoch_us(ts) AS us, {seconds} AS duration_ms, category, device, machine FROM read_parquet('{events}')"
    acts = f"(kind IN {WEB} OR (kind IN ('opened', 'clicked') AND machine IS NOT TRUE)) AS acts"
    starts = "false AS starts"
    if needs_sessions:
        starts = f"kind IN {WEB} AND coalesce(us - lag(us) OVER (PARTITION BY contact_key, kind IN {WEB} ORDER BY us) > 1800000000, true) AS starts"
    select = ", ".join(f"{duck_column(n)} AS {n}" for n in columns)
    query = f"WITH e AS ({base}), s AS (SELECT *, {acts}, {starts} FROM e), a AS (SELECT contact_key, {select} FROM s GROUP BY contact_key)"
    if "top_category_share_90d" in names:
        query += f""", c AS (SELECT contact_key, category, count(*) AS n FROM e WHERE kind IN {VIEW} AND category IS NOT NULL AND us >= {since(90)} GROUP BY ALL),
            t AS (SELECT contact_key, max(n)::DOUBLE / sum(n) AS top_category_share_90d FROM c GROUP BY contact_key)
            SELECT a.*, t.top_category_share_90d FROM a LEFT JOIN t USING (contact_key)"""
    else:
        query += " SELECT * FROM a"
    duck().execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")


def duck_lake(raw: str, out: str) -> None:
    connection = duck()
    source = f"read_parquet('{raw}')"
    if raw.endswith(".csv"):
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_csv('{raw}', header=true)")
        source = "raw"
    connection.execute(f"CREATE TABLE ids AS SELECT contact_id, (row_number() OVER (ORDER BY contact_id) - 1)::UINTEGER AS contact_key FROM (SELECT DISTINCT contact_id FROM {source})")
    connection.execute(f"COPY (SELECT contact_key, ts, kind, campaign_id, device, client, category, seconds, machine FROM {source} JOIN ids USING (contact_id) ORDER BY contact_key, ts) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


# --- Polars ---------------------------------------------------------------------------------------


def polars_column(name: str) -> pl.Expr:
    kind, us = pl.col("kind"), pl.col("us")
    web = kind.is_in(["page_viewed", "product_viewed", "cart_added", "checkout_started"])
    view = kind.is_in(["page_viewed", "product_viewed"])
    if name in COUNTS:
        of, days = COUNTS[name]
        return ((kind == of) & (us >= since(days))).sum().alias(name)
    if name.startswith("seconds_"):
        days = int(name.removeprefix("seconds_").removesuffix("d"))
        return (pl.when(web & (us >= since(days))).then(pl.col("duration_ms")).sum() / 1000).alias(name)
    if name == "days_since_visit":
        return (NOW_US // DAY_US - pl.when(web).then(us // DAY_US).max()).alias(name)
    if name.startswith("categories_"):
        days = int(name.removeprefix("categories_").removesuffix("d"))
        return pl.when(view & (us >= since(days))).then(pl.col("category")).drop_nulls().n_unique().alias(name)
    acts = (web | (kind.is_in(["opened", "clicked"]) & ~pl.col("machine").fill_null(False))) & (us >= since(365))
    if name in ("mobile_share", "desktop_share", "tablet_share"):
        acts = acts & pl.col("device").is_not_null()
        part = (pl.col("device") == name.split("_")[0]).fill_null(False)
    else:
        hour = us % DAY_US // 3_600_000_000
        part = {"morning_share": hour.is_between(5, 10), "evening_share": hour.is_between(17, 22),
                "weekend_share": (us // DAY_US + 3) % 7 >= 5}[name]
    return pl.when(acts.sum() >= 5).then((acts & part).sum() / acts.sum()).alias(name)


def polars_features(events: str, seconds: str, names: list[str], out: str) -> None:
    duration = pl.col("duration_ms") if seconds == "duration_ms" else (pl.col("seconds") * 1000).round()
    columns = ["contact_key", pl.col("kind").cast(pl.String), pl.col("ts").cast(pl.Int64).alias("us"), duration.alias("duration_ms")]
    if names is BEHAVIOUR:
        columns += [pl.col("category").cast(pl.String), pl.col("device").cast(pl.String), "machine"]
    frame = pl.scan_parquet(events).select(columns)
    plain = [n for n in names if not n.startswith("sessions") and n != "top_category_share_90d"]
    table = frame.group_by("contact_key").agg([polars_column(n) for n in plain])
    if names is BEHAVIOUR:
        web = pl.col("kind").is_in(["page_viewed", "product_viewed", "cart_added", "checkout_started"])
        steps = frame.filter(web).select("contact_key", "us").sort("contact_key", "us")
        first = (pl.col("contact_key") != pl.col("contact_key").shift(1)).fill_null(True)
        starts = steps.with_columns(starts=first | (pl.col("us").diff() > 1_800_000_000).fill_null(True))
        sessions = starts.group_by("contact_key").agg(
            [(pl.col("starts") & (pl.col("us") >= since(d))).sum().alias(f"sessions_{d}d") for d in (30, 90, 365)]
            + [pl.col("starts").sum().alias("sessions")])
        views = frame.filter(pl.col("kind").is_in(["page_viewed", "product_viewed"]) & pl.col("category").is_not_null() & (pl.col("us") >= since(90)))
        top = views.group_by("contact_key", "category").len().group_by("contact_key").agg(
            (pl.col("len").max() / pl.col("len").sum()).alias("top_category_share_90d"))
        table = table.join(sessions, on="contact_key", how="left").join(top, on="contact_key", how="left")
        table = table.with_columns(pl.col("^sessions.*$").fill_null(0))
    table.collect(engine="streaming").write_parquet(out)


# --- the bench ------------------------------------------------------------------------------------


def child(*arguments: str) -> list[str]:
    return [sys.executable, __file__, "child", *arguments]


def run_child(what: str, *rest: str) -> None:
    if what == "duck-lake":
        duck_lake(*rest)
    else:
        events, seconds, names, out = rest
        names = BEHAVIOUR if names == "behaviour" else COUNTERS
        (duck_features if what == "duck" else polars_features)(events, seconds, names, out)


def check(ours: str, theirs: str, lake: pathlib.Path, keys: str, names: list[str]) -> None:
    """Column by column: all contacts, missing where missing, equal to 1e-9."""
    a = pl.read_parquet(ours).sort("contact_id")
    b = pl.read_parquet(theirs).join(pl.read_parquet(keys, columns=["contact_key", "contact_id"]), on="contact_key").sort("contact_id")
    assert a["contact_id"].equals(b["contact_id"]), "other contacts"
    for name in names:
        x, y = (t[name].cast(pl.Float64).to_numpy() for t in (a, b))
        assert np.array_equal(np.isnan(x), np.isnan(y)), f"{name} is missing elsewhere"
        assert np.allclose(x, y, rtol=1e-9, atol=1e-9, equal_nan=True), name


def median(command: list[str], rounds: int, before=lambda: None) -> float:
    times = []
    for _ in range(rounds):
        before()
        times.append(timed(command))
    return statistics.median(times)


def main() -> None:
    program, work, rows, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    stem = work / f"events-{rows}"
    here = pathlib.Path(__file__).parent
    if not stem.with_suffix(".csv").exists():
        timed([sys.executable, str(here / "events.py"), str(stem), str(rows), "7"])
    shop = work / "shop"

    def fresh(files: str) -> None:
        shutil.rmtree(shop, ignore_errors=True)
        shop.mkdir()
        (shop / "microseg.toml").write_text(WORKSPACE.format(files=files))

    print(f"{rows:,} events, {THREADS} threads, medians of {rounds} rounds, whole processes")
    single = str(work / "duck-lake.parquet")
    for suffix in (".csv", ".parquet"):
        raw = str(stem.with_suffix(suffix))
        ours = median([program, "ingest", "--workspace", str(shop), "--quiet"], rounds, lambda: fresh(raw))
        theirs = median(child("duck-lake", raw, single), rounds)
        print(f"raw {suffix[1:]:8} to lake   microseg {ours:6.2f} s   DuckDB {theirs:6.2f} s   ratio {ours / theirs:.2f}")

    slices = str(shop / "lake/events/*.parquet")
    keys = str(shop / "lake/contacts.parquet")
    out, peer = str(work / "ours.parquet"), str(work / "theirs.parquet")
    for label, names in (("counters", COUNTERS), ("behaviour", BEHAVIOUR)):
        assert len(names) == 22
        command = [program, "features", "--workspace", str(shop), "--as-of", AS_OF, "--only", ",".join(names), "--out", out, "--quiet"]
        ours = median(command, rounds)
        line = f"22 {label:10}        microseg {ours:6.2f} s"
        for engine in ("duck", "polars"):
            timed(child(engine, slices, "duration_ms", label, peer))
            check(out, peer, shop, keys, names)
            on_slices = median(child(engine, slices, "duration_ms", label, peer), rounds)
            on_one = median(child(engine, single, "round(seconds * 1000)", label, peer), rounds)
            best = min(on_slices, on_one)
            line += f"   {engine} {on_slices:.2f} s (one file, dense keys: {on_one:.2f} s)   ratio {ours / best:.2f}"
        print(line + "   all columns agree")

    shutil.rmtree(shop / "history", ignore_errors=True)
    full = median([program, "features", "--workspace", str(shop), "--as-of", AS_OF, "--quiet"], rounds,
                  lambda: shutil.rmtree(shop / "features", ignore_errors=True))
    decode = median(child("decode", slices, "-", "-", "-"), rounds)
    print(f"all features              microseg {full:6.2f} s   decoding the events alone {decode:.2f} s")


def decode(events: str) -> None:
    import pyarrow.dataset as ds
    import glob
    for batch in ds.dataset(sorted(glob.glob(events))).scanner(batch_size=65_536, use_threads=True).to_batches():
        del batch


if sys.argv[1] == "child":
    if sys.argv[2] == "decode":
        decode(sys.argv[3])
    else:
        run_child(*sys.argv[2:])
else:
    main()
