#!/usr/bin/env bash
# k-means of 1,000,000 x 24 and smaller tables, and mini-batches of 5,000,000 x 24: microseg beside
# scikit-learn on the same file, from the same starting centroids, on 2 threads.
# Makes its own virtual environment and data in a temporary folder (about 1 GB); checks inertias, then
# prints times and ratios. Usage: benches/peers/kmeans.sh [ROWS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=${1:-1000000} rounds=${2:-5}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv-kmeans/bin/python" ]; then
  python3 -m venv "$work/venv-kmeans"
  "$work/venv-kmeans/bin/pip" install --quiet scikit-learn==1.9.1 pyarrow==26.0.1 numpy==2.4.6
fi
"$work/venv-kmeans/bin/python" benches/peers/kmeans.py "$target/release/microseg" "$work" "$rows" "$rounds"
