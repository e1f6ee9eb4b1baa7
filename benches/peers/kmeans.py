"""k-means by microseg and by scikit-learn on the same Parquet file: the inertia first, then the times.

Two kinds of rows: heaps that overlap, where bounds leave out most of the work, and a uniform cloud,
where they leave out little. Times are those of the fit alone, as each program measures it; rounds take
turns, and the fastest of each counts.
"""

import json
import pathlib
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.cluster import KMeans, MiniBatchKMeans
from threadpoolctl import threadpool_limits

THREADS = 2
ITERATIONS = 50
BATCH = 16_384


def rows_of(kind: str, rows: int, columns: int, k: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    if kind == "heaps":
        centres = rng.normal(0, 1, (k, columns))
        x = centres[rng.integers(0, k, rows)]
        for start in range(0, rows, 1_000_000):
            part = x[start:start + 1_000_000]
            part += rng.normal(0, 1, part.shape)
        return x.astype(np.float32)
    return rng.uniform(-1, 1, (rows, columns)).astype(np.float32)


def write(path: pathlib.Path, x: np.ndarray, with_id: bool) -> list[str]:
    names = [f"f{column:02}" for column in range(x.shape[1])]
    table = {"id": pa.array([f"c{row:08}" for row in range(len(x))])} if with_id else {}
    table |= {name: pa.array(x[:, column]) for column, name in enumerate(names)}
    pq.write_table(pa.table(table), path, row_group_size=262_144, use_dictionary=False)
    return names


def ours(program: str, file: pathlib.Path, names: list[str], more: list[str]) -> tuple[dict, float]:
    command = [program, "cluster", str(file), "--id", "id", "--columns", ",".join(names),
               "--scale", "none", "--threads", str(THREADS), "--format", "json", "--quiet", *more]
    start = time.perf_counter()
    out = subprocess.run(command, check=True, capture_output=True).stdout
    seconds = time.perf_counter() - start
    head = out[:out.index(b'"membership"')].rstrip().rstrip(b",")
    return json.loads(head + b"}"), seconds


def theirs(model: KMeans | MiniBatchKMeans, x: np.ndarray) -> tuple[float, float]:
    with threadpool_limits(THREADS):
        start = time.perf_counter()
        model.fit(x)
        return time.perf_counter() - start, float(model.inertia_)


def full(program: str, work: pathlib.Path, kind: str, shape: tuple[int, int, int], rounds: int) -> None:
    rows, columns, k = shape
    x = rows_of(kind, rows, columns, k)
    init = x[np.random.default_rng(2).choice(rows, k, replace=False)]
    file, start = work / "rows.parquet", work / "init.parquet"
    names = write(file, x, True)
    write(start, init, False)
    more = ["--init", str(start), "--max-iter", str(ITERATIONS)]
    mine, other, whole = [], [], []
    for _ in range(rounds):
        found, process = ours(program, file, names, more)
        model = KMeans(k, init=init, n_init=1, max_iter=ITERATIONS)
        seconds, inertia = theirs(model, x)
        mine.append(found["fit_seconds"])
        other.append(seconds)
        whole.append(process)
    # In single precision scikit-learn's sums round, and its way parts from the exact one after some
    # iterations; in double precision both must go the same way.
    exact = KMeans(k, init=init.astype(np.float64), n_init=1, max_iter=ITERATIONS).fit(x.astype(np.float64))
    away = found["inertia"] / exact.inertia_ - 1
    assert abs(away) <= 1e-6 and found["iterations"] == exact.n_iter_, f"{kind} {shape}: {found}, {exact.inertia_}"
    worse = found["inertia"] / inertia - 1
    assert worse <= 1e-4, f"{kind} {shape}: inertia {found['inertia']} against {inertia}"
    print(f"{kind:6} {rows:>9,} x {columns} k {k:>3}  microseg {min(mine):7.3f} s ({found['iterations']:>2} iterations)"
          f"  scikit-learn {min(other):7.3f} s ({model.n_iter_:>2})  ratio {min(mine) / min(other):.3f}"
          f"  inertia {found['inertia']:.6g}, {worse:+.0e} of scikit-learn's, {away:+.0e} of that in double precision"
          f"  whole process {min(whole):.2f} s", flush=True)


def batches(program: str, work: pathlib.Path, kind: str, shape: tuple[int, int, int]) -> None:
    rows, columns, k = shape
    x = rows_of(kind, rows, columns, k)
    file = work / "rows.parquet"
    names = write(file, x, True)
    found, process = ours(program, file, names, ["--k", str(k), "--batch", str(BATCH)])
    print(f"{kind:6} {rows:>9,} x {columns} k {k:>3}  mini-batches of {BATCH}: microseg"
          f" {found['fit_seconds']:7.3f} s, inertia {found['inertia']:.6g}  whole process {process:.2f} s", flush=True)
    seconds, inertia = theirs(MiniBatchKMeans(k, batch_size=BATCH, n_init=1, random_state=1), x)
    print(f"       scikit-learn, the same size: {seconds:7.3f} s, inertia {inertia:.6g}  ratio of times"
          f" {found['fit_seconds'] / seconds:.3f}, of inertias {found['inertia'] / inertia:.5f}", flush=True)


def main() -> None:
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    rows, rounds = int(sys.argv[3]), int(sys.argv[4])
    for kind in ["heaps", "cloud"]:
        full(program, work, kind, (rows, 24, 32), rounds)
        for k in [8, 64, 200]:
            full(program, work, kind, (rows // 10, 12, k), rounds)
        batches(program, work, kind, (rows * 5, 24, 32))


main()
