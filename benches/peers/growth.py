"""Cost against size, and cost of an append against making everything anew: the bytes must be the same."""

import os
import pathlib
import shutil
import subprocess
import sys
import time

from shop import WORKSPACE

HERE = pathlib.Path(__file__).parent


def run(program: str, shop: pathlib.Path, *arguments: str) -> tuple[float, float]:
    """Seconds and peak memory in MiB of one process."""
    start = time.perf_counter()
    child = subprocess.Popen([program, *arguments, "--workspace", str(shop), "--quiet"])
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, arguments
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def invent(stem: pathlib.Path, rows: int, seed: int, days: str, contacts: int) -> pathlib.Path:
    file = stem.with_suffix(".parquet")
    if not file.exists():
        command = [sys.executable, str(HERE / "events.py"), str(stem), str(rows), str(seed), days, str(contacts), "parquet"]
        subprocess.run(command, check=True)
    return file


def shop_of(place: pathlib.Path, files: list[pathlib.Path]) -> pathlib.Path:
    shutil.rmtree(place, ignore_errors=True)
    (place / "exports").mkdir(parents=True)
    (place / "microseg.toml").write_text(WORKSPACE.format(files="exports/*.parquet"))
    for number, file in enumerate(files):
        os.link(file, place / "exports" / f"events-{number}.parquet")
    return place


def made(shop: pathlib.Path) -> dict[str, bytes]:
    files = [f for part in ("lake", "features") for f in (shop / part).rglob("*") if f.is_file()]
    return {str(f.relative_to(shop)): f.read_bytes() for f in files}


def growth(program: str, work: pathlib.Path, sizes: list[int]) -> None:
    for rows in sizes:
        file = invent(work / f"grow-{rows}", rows, 7, "0:730", max(int(rows / 43.5), 1))
        shop = shop_of(work / "grow", [file])
        ingest, ingest_mib = run(program, shop, "ingest")
        features, features_mib = run(program, shop, "features", "--as-of", "2026-07-01")
        print(f"{rows:>11,} events   ingest {ingest:6.2f} s ({1e6 * ingest / rows:.3f} us an event), {ingest_mib:5.0f} MiB"
              f"   all features {features:6.2f} s ({1e6 * features / rows:.3f} us an event), {features_mib:5.0f} MiB", flush=True)


def append(program: str, work: pathlib.Path, rows: int) -> None:
    contacts = max(int(rows / 43.5), 1)
    base = invent(work / f"base-{rows}", rows - rows // 100, 7, "0:723", contacts)
    more = invent(work / f"more-{rows}", rows // 100, 8, "723:730", contacts)
    shop = shop_of(work / "append", [base])
    run(program, shop, "ingest"), run(program, shop, "features", "--as-of", "2026-06-24")
    os.link(more, shop / "exports" / "events-1.parquet")
    added = [run(program, shop, "ingest")[0], run(program, shop, "features", "--as-of", "2026-07-01")[0]]
    again = shop_of(work / "scratch", [base, more])
    anew = [run(program, again, "ingest")[0], run(program, again, "features", "--as-of", "2026-07-01")[0]]
    a, b = made(shop), made(again)
    other = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    assert not other, f"these differ: {other}"
    print(f"append of 1 % to {rows:,} events: ingest {added[0]:.2f} s + features {added[1]:.2f} s; "
          f"all anew {anew[0]:.2f} s + {anew[1]:.2f} s; ratio {sum(added) / sum(anew):.2f}; the bytes are the same")


def main() -> None:
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    sizes = [int(size) for size in sys.argv[3].split(",")]
    # The peak of a child is never below that of its parent: what holds much in memory comes last.
    growth(program, work, sizes)
    append(program, work, sizes[min(1, len(sizes) - 1)])


main()
