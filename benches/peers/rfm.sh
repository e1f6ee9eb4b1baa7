#!/usr/bin/env bash
# RFM of a Parquet file of 1,000,000 orders: microseg beside pandas doing the same group-by and quintiles.
# Makes its own virtual environment and data in a temporary folder; prints ratios, and checks that both
# computed the same table. Usage: benches/peers/rfm.sh [ROWS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=${1:-1000000} rounds=${2:-7}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet pandas==2.3.3 pyarrow==22.0.0
fi
"$work/venv/bin/python" benches/peers/rfm.py "$target/release/microseg" "$work" "$rows" "$rounds"
