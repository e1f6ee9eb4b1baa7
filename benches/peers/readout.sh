#!/usr/bin/env bash
# A readout of 10,000,000 recipients in 3 arms, 4 metrics, overall and in 50 segments: microseg beside tea-tasting.
# Makes its own virtual environment and data in a temporary folder; checks that all estimates agree, then prints
# times with ratios and peak memory. Usage: benches/peers/readout.sh [ROWS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=${1:-10000000} rounds=${2:-7}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet tea-tasting==1.14.0 duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1 numpy==2.4.6
fi
"$work/venv/bin/python" benches/peers/readout.py "$target/release/microseg" "$work" "$rows" "$rounds"
