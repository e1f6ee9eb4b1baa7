#!/usr/bin/env bash
# Ingest and features of 20,000,000 events: microseg beside DuckDB and Polars (streaming) doing the same work.
# Makes its own virtual environment and data in a temporary folder (about 4 GB); checks that all columns agree,
# then prints times and ratios; peak memory and growth at the end.
# Usage: benches/peers/features.sh [ROWS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=${1:-20000000} rounds=${2:-3}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1 numpy==2.4.6
fi
"$work/venv/bin/python" benches/peers/features.py "$target/release/microseg" "$work" "$rows" "$rounds"
"$work/venv/bin/python" benches/peers/growth.py "$target/release/microseg" "$work" "$((rows / 10)),$rows,$((rows * 3))"
