#!/usr/bin/env bash
# The personas of ten simulated shops found again: adjusted Rand index of microseg beside scikit-learn's
# StandardScaler, KMeans and best silhouette on the same features. Makes its own virtual environment and
# data in a temporary folder. Usage: benches/peers/personas.sh [CONTACTS] [SEEDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
contacts=${1:-20000} seeds=${2:-10}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv-personas/bin/python" ]; then
  python3 -m venv "$work/venv-personas"
  "$work/venv-personas/bin/pip" install --quiet numpy==2.3.5 scikit-learn==1.7.2 pyarrow==22.0.0
fi
"$work/venv-personas/bin/python" benches/peers/personas.py "$target/release/microseg" "$work" "$contacts" "$seeds"
