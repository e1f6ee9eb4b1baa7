"""A readout by microseg and by tea-tasting on the same Parquet file: same estimates first, then the times.

tea-tasting analyses aggregates: one grouped query gives count, means and the variance of revenue by segment and
arm, by DuckDB or by Polars (streaming), whichever is faster here; the whole is the sum of the segments'
aggregates. That reads the file once. `Experiment.analyze` on the rows would read it again for every segment.
"""

import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

RATES = ["click", "conversion", "unsubscribe"]
METRICS = [*RATES, "revenue"]
CONTROL = "a"
ENGINES = ["duckdb", "polars"]
LEVELS = 50
MIB = 1024


def make(path: str, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(7)
    arms, segments = np.array(["a", "b", "c"]), np.array([f"segment {i:02d}" for i in range(LEVELS)])
    share, clicks = rng.dirichlet(np.full(LEVELS, 4.0)), rng.uniform(0.02, 0.08, LEVELS)
    writer = None
    for start in range(0, rows, 1 << 20):
        n = min(1 << 20, rows - start)
        arm, segment = rng.integers(0, 3, n), rng.choice(LEVELS, n, p=share)
        click = rng.random(n) < clicks[segment] * (1 + 0.02 * arm)
        conversion = rng.random(n) < np.where(click, 0.25, 0.01)
        table = pa.table({
            "contact_id": [f"c{i:08d}" for i in range(start, start + n)],
            "arm": arms[arm],
            "segment": segments[segment],
            "click": click.astype(np.int64),
            "conversion": conversion.astype(np.int64),
            "unsubscribe": (rng.random(n) < 0.002).astype(np.int64),
            "revenue": np.where(conversion, np.round(rng.lognormal(3.3, 0.8, n) + 0.01, 2), 0.0),
        })
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    writer.close()


# --- tea-tasting ----------------------------------------------------------------------------------


def cells_by_duckdb(path: str) -> list[dict]:
    import duckdb

    means = ", ".join(f"avg({m}) AS {m}" for m in METRICS)
    found = duckdb.connect().execute(
        f"SELECT segment, arm, count(*) AS n, {means}, var_samp(revenue) AS var FROM read_parquet('{path}') GROUP BY ALL")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def cells_by_polars(path: str) -> list[dict]:
    import polars as pl

    grouped = pl.scan_parquet(path).group_by("segment", "arm").agg(
        pl.len().alias("n"), *[pl.col(m).mean() for m in METRICS], pl.col("revenue").var().alias("var"))
    return grouped.collect(engine="streaming").to_dicts()


def tea(engine: str, path: str, out: str) -> None:
    import tea_tasting as tt
    from tea_tasting.aggr import Aggregates

    __import__(engine)
    start = time.perf_counter()
    cells = (cells_by_duckdb if engine == "duckdb" else cells_by_polars)(path)
    read = time.perf_counter()
    experiment = tt.Experiment({
        **{m: tt.Proportion(m, method="norm", correction=False) for m in RATES}, "revenue": tt.Mean("revenue")})
    segments, overall = {}, {}
    for cell in sorted(cells, key=lambda c: c["segment"]):
        aggregates = Aggregates(cell["n"], {m: cell[m] for m in METRICS}, {"revenue": cell["var"]})
        arm = cell["arm"]
        segments.setdefault(cell["segment"], {})[arm] = aggregates
        overall[arm] = overall[arm] + aggregates if arm in overall else aggregates
    table = []
    for name, arms in [("", overall), *segments.items()]:
        results = experiment.analyze(arms, CONTROL, all_variants=True)
        for (_, arm), result in results.items():
            table += [{"segment": name, "arm": arm, **row} for row in result.to_dicts()]
    done = time.perf_counter()
    pathlib.Path(out).write_text(json.dumps(table))
    print(done - start, read - start)


# --- the bench ------------------------------------------------------------------------------------


def measured(command: list[str]) -> tuple[float, int, str]:
    """Seconds and peak KiB of a whole process, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run(["/usr/bin/env", "time", "-f", "%M", *command], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.stderr
    return seconds, int(done.stderr.split()[-1]), done.stdout


def rows_of(readout: dict) -> dict:
    """(segment, metric, arm) → comparison, and the arms' estimates."""
    parts = [("", readout["metrics"])]
    parts += [(level["level"], level["metrics"]) for level in readout["segments"][0]["levels"]]
    found = {}
    for segment, metrics in parts:
        for metric in metrics:
            points = {arm["arm"]: arm["estimate"]["point"] for arm in metric["arms"]}
            for comparison in metric["comparisons"]:
                found[segment, metric["metric"], comparison["arm"]] = (points, comparison)
    return found


def near(ours: float, theirs: float, relative: float, what: str) -> None:
    assert math.isclose(ours, theirs, rel_tol=relative, abs_tol=1e-12), f"{what}: {ours}, tea-tasting {theirs}"


def check(readout: dict, table: list[dict]) -> None:
    """Arms, differences, lifts, statistics and p; the intervals of means (those of rates are by other methods)."""
    ours = rows_of(readout)
    assert len(ours) == len(table) == (LEVELS + 1) * 2 * len(METRICS), f"{len(ours)} and {len(table)} comparisons"
    for row in table:
        key = (row["segment"], row["metric"], row["arm"])
        points, comparison = ours[key]
        difference, lift = comparison["difference"], comparison["relative_lift"]["estimate"]
        near(points[CONTROL], row["control"], 1e-10, f"{key} control")
        near(points[row["arm"]], row["treatment"], 1e-10, f"{key} treatment")
        near(difference["point"], row["effect_size"], 1e-8, f"{key} difference")
        if row["control"] == 0:
            print(f"{key}: nobody in {CONTROL}, no lift and no z to compare")
            continue
        near(lift["point"], row["rel_effect_size"], 1e-8, f"{key} lift")
        statistic = comparison["statistic"]["value"]
        if row["metric"] == "revenue":
            near(statistic, row["statistic"], 1e-8, f"{key} statistic")
            near(comparison["p"], row["pvalue"], 1e-8, f"{key} p")
            near(difference["low"], row["effect_size_ci_lower"], 1e-8, f"{key} low")
            near(difference["high"], row["effect_size_ci_upper"], 1e-8, f"{key} high")
        else:
            # The pooled z test; Miettinen and Nurminen take n / (n - 1) times its variance.
            near(math.erfc(abs(statistic) / math.sqrt(2)), row["pvalue"], 1e-8, f"{key} p of z")
            near(comparison["p"], row["pvalue"], 1e-2, f"{key} p")


def main() -> None:
    program, work, rows, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    data, out = work / f"recipients-{rows}.parquet", work / "tea.json"
    child = [sys.executable, __file__, "child"]
    if not data.exists():
        subprocess.run([*child, "make", str(data), str(rows)], check=True)
    microseg = [program, "readout", str(data), "--variant", "arm", "--control", CONTROL, "--by", "segment",
                *[word for m in METRICS for word in ("--metric", m)], "--format", "json", "--quiet"]
    peers = {engine: [*child, engine, str(data), str(out)] for engine in ENGINES}
    readout = json.loads(measured(microseg)[2])
    for command in peers.values():
        measured(command)
        check(readout, json.loads(out.read_text()))
    whole, inside, read, peak = ({name: [] for name in ["microseg", *ENGINES]} for _ in range(4))
    for _ in range(rounds):
        for name, command in {"microseg": microseg, **peers}.items():
            seconds, kib, printed = measured(command)
            whole[name].append(seconds)
            peak[name].append(kib / MIB)
            if name != "microseg":
                for times, text in zip((inside, read), printed.split()):
                    times[name].append(float(text))
    report(rows, rounds, whole, inside, read, peak)


def report(rows: int, rounds: int, whole: dict, inside: dict, read: dict, peak: dict) -> None:
    median = statistics.median
    own = median(whole["microseg"])
    comparisons = (LEVELS + 1) * 2 * len(METRICS)
    print(f"{rows:,} recipients, 3 arms, {len(METRICS)} metrics, {LEVELS} segments; {rounds} rounds in turn, medians; "
          f"all {comparisons} comparisons agree")
    print(f"{'':52}{'seconds':>9}{'ratio':>7}{'peak MiB':>10}{'ratio':>7}")
    print(f"{'microseg, whole process':52}{own:9.3f}{'':7}{median(peak['microseg']):10.0f}")
    for engine in ENGINES:
        name, memory = f"tea-tasting on {engine}", median(peak[engine])
        ratio = median(a / b for a, b in zip(whole["microseg"], whole[engine]))
        print(f"{name + ', whole process':52}{median(whole[engine]):9.3f}{ratio:7.2f}{memory:10.0f}"
              f"{median(peak['microseg']) / memory:7.2f}")
        for label, times in ((", without start and imports", inside), (", of that the grouped query", read)):
            ratio = median(a / b for a, b in zip(whole["microseg"], times[engine]))
            print(f"{name + label:52}{median(times[engine]):9.3f}{ratio:7.2f}")


if sys.argv[1:2] == ["child"]:
    if sys.argv[2] == "make":
        make(sys.argv[3], int(sys.argv[4]))
    else:
        tea(*sys.argv[2:])
else:
    main()
