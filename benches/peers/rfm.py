"""RFM by microseg and by pandas on the same Parquet file: same table first, then the times."""

import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import pandas as pd

AS_OF = "2026-07-01"

PANDAS = """
import sys, time
import pandas as pd
start = time.perf_counter()
orders = pd.read_parquet(sys.argv[1])
orders = orders[orders.amount > 0]
table = orders.groupby("customer_id").agg(
    last=("ordered_at", "max"), frequency=("order_id", "nunique"), monetary=("amount", "sum"))
table["recency_days"] = (pd.Timestamp(sys.argv[2]) - table["last"].dt.normalize()).dt.days
n = len(table)
for name, values in [("recency", -table.recency_days), ("frequency", table.frequency),
                     ("monetary", table.monetary.round(2))]:
    rank = values.rank(method="average")
    table[name + "_score"] = (5 * (rank - 0.5) / n + 1e-12).astype(int).clip(upper=4) + 1
table.drop(columns="last").to_csv(sys.argv[3])
print(time.perf_counter() - start)
"""


def make(path: pathlib.Path, rows: int) -> None:
    rng = np.random.default_rng(7)
    customers = max(rows // 10, 1)
    rate = rng.gamma(0.8, 1.0, customers)
    customer = rng.choice(customers, rows, p=rate / rate.sum())
    seconds = rng.integers(0, 730 * 86_400, rows)
    pd.DataFrame({
        "customer_id": [f"c{c:07d}" for c in customer],
        "order_id": [f"o{o:08d}" for o in range(rows)],
        "ordered_at": pd.Timestamp("2024-07-01") + pd.to_timedelta(seconds, unit="s"),
        "amount": np.round(rng.lognormal(3.3, 0.8, rows) + 0.01, 2),
    }).to_parquet(path, index=False)


def timed(command: list[str], out: pathlib.Path | None = None) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if out is not None:
        out.write_text(done.stdout)
    return seconds, done.stdout


def check(ours: pathlib.Path, theirs: pathlib.Path) -> None:
    a = pd.read_csv(ours).set_index("contact_id").sort_index()
    b = pd.read_csv(theirs).set_index("customer_id").sort_index()
    assert list(a.index) == list(b.index), "other customers"
    for column in ["recency_days", "frequency", "recency_score", "frequency_score", "monetary_score"]:
        assert (a[column] == b[column]).all(), column
    assert np.allclose(a.monetary, b.monetary, atol=0.005), "monetary"


def main() -> None:
    program, work, rows, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    data, ours, theirs = work / f"orders-{rows}.parquet", work / "ours.csv", work / "theirs.csv"
    if not data.exists():
        make(data, rows)
    script = work / "pandas_rfm.py"
    script.write_text(PANDAS)
    microseg = [program, "rfm", str(data), "--contact", "customer_id", "--order", "order_id",
                "--time", "ordered_at", "--amount", "amount", "--as-of", AS_OF,
                "--format", "csv", "--quiet"]
    pandas = [sys.executable, str(script), str(data), AS_OF, str(theirs)]
    timed(microseg, ours), timed(pandas)
    check(ours, theirs)
    whole, peer, peer_inside = [], [], []
    for _ in range(rounds):
        whole.append(timed(microseg)[0])
        seconds, printed = timed(pandas)
        peer.append(seconds)
        peer_inside.append(float(printed))
    a, b, c = (statistics.median(times) for times in (whole, peer, peer_inside))
    print(f"{rows:,} orders, {rounds} rounds, medians; the tables agree")
    print(f"microseg, whole process           {a:.3f} s")
    print(f"pandas, whole process             {b:.3f} s   ratio {a / b:.2f}")
    print(f"pandas, without start and imports {c:.3f} s   ratio {a / c:.2f}")


main()
