"""Purchase models by microseg and by lifetimes on the same orders: what they say first, then the times.

Customers follow MBG/NBD in days over 545 days. Times are those of the work alone, as each program measures
it, on one thread; rounds take turns, and the fastest of each counts. Memory is the peak of the whole
process, and of lifetimes' summary and fit in a process of their own.
"""

import json
import pathlib
import resource
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

warnings.filterwarnings("ignore")

DAYS = 545
START = np.datetime64("2024-01-01")
END = START + np.timedelta64(DAYS, "D")


def orders(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer numbers, days and amounts, in random order."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.7, 1 / 70.0, customers)
    drop = rng.beta(0.5, 0.9, customers)
    first = rng.integers(0, DAYS - 60, customers)
    who, when = [np.arange(customers)], [first.astype(float)]
    live, now = np.arange(customers), first.astype(float)
    while len(live):
        stays = rng.random(len(live)) >= drop[live]
        live, now = live[stays], now[stays]
        now = now + rng.exponential(1 / np.maximum(rate[live], 1e-12))
        inside = now < DAYS
        live, now = live[inside], now[inside]
        who.append(live)
        when.append(now)
    who, when = np.concatenate(who), np.concatenate(when).astype(np.int64)
    amount = rng.gamma(6.0, 7.0, len(who)).round(2) + 0.01
    mixed = rng.permutation(len(who))
    return who[mixed], when[mixed], amount[mixed]


def write(path: pathlib.Path, customers: int, seed: int) -> int:
    who, when, amount = orders(customers, seed)
    days = (START + when.astype("timedelta64[D]")).astype("datetime64[D]")
    table = {"customer": pa.array(np.char.add("c", np.char.zfill(who.astype(str), 7))),
             "day": pa.array(days), "amount": pa.array(amount)}
    pq.write_table(pa.table(table), path)
    return len(who)


def ours(program: str, file: pathlib.Path, model: str) -> tuple[dict, float]:
    command = ["/usr/bin/env", "time", "-f", "%M", program, "clv", str(file), "--contact", "customer",
               "--time", "day", "--amount", "amount", "--until", str(END), "--model", model, "--brief",
               "--threads", "1", "--format", "json", "--quiet"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout), int(done.stderr.split()[-1]) / 1024


def theirs(file: str, model: str) -> None:
    """Runs in a process of its own and prints what it found."""
    from lifetimes import ModifiedBetaGeoFitter, ParetoNBDFitter
    from lifetimes.utils import summary_data_from_transaction_data

    frame = pd.read_parquet(file)
    frame["day"] = pd.to_datetime(frame["day"])
    start = time.perf_counter()
    summary = summary_data_from_transaction_data(
        frame, "customer", "day", "amount", observation_period_end=str(END), freq="D")
    summing = time.perf_counter() - start
    fitter = {"mbg-nbd": ModifiedBetaGeoFitter, "pareto-nbd": ParetoNBDFitter}[model]()
    start = time.perf_counter()
    fitter.fit(summary["frequency"], summary["recency"], summary["T"])
    fitting = time.perf_counter() - start
    print(json.dumps({
        "summary": summing, "fit": fitting, "customers": len(summary),
        "parameters": {name: float(value) for name, value in fitter.params_.items()},
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def compare(program: str, file: pathlib.Path, model: str, rounds: int) -> None:
    mine, other = [], []
    for _ in range(rounds):
        mine.append(ours(program, file, model))
        command = [sys.executable, __file__, "--theirs", str(file), model]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        other.append(json.loads(done.stdout))
    found, memory = mine[0]
    said = other[0]
    print(f"{model}: {found['buyers']:,} customers, {found['rows']['accepted']:,} orders")
    for name, value in found["parameters"].items():
        print(f"  {name:<6} microseg {value:.6g}  lifetimes {said['parameters'][name]:.6g}")
    for what, key in (("summary", "summary"), ("fit", "purchase_fit")):
        a = min(run["seconds"][key] for run, _ in mine)
        b = min(run["summary" if what == "summary" else "fit"] for run in other)
        print(f"  {what:<8} microseg {a:7.3f} s  lifetimes {b:7.3f} s  ratio {a / b:.3f}")
    seconds = found["seconds"]
    print(f"  all else of microseg: reading {seconds['reading']:.2f} s, backtest {seconds['backtest']:.2f} s, "
          f"scores with intervals {seconds['scores']:.2f} s")
    print(f"  peak memory: microseg {memory:,.0f} MiB with reading and scores, lifetimes "
          f"{said['memory']:,.0f} MiB without scores")


def main() -> None:
    program, work, customers, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    for model, size in (("mbg-nbd", customers), ("pareto-nbd", customers // 10)):
        file = work / f"orders-{size}.parquet"
        if not file.exists():
            write(file, size, 1)
        compare(program, file, model, rounds)


if __name__ == "__main__":
    if sys.argv[1] == "--theirs":
        theirs(sys.argv[2], sys.argv[3])
    else:
        main()
