#!/usr/bin/env bash
# Purchase models by microseg and by lifetimes on the same invented orders, on one thread: log-likelihoods and
# parameters first, then the order summary, the fits, and peak memory. Makes its own virtual environment and
# data in a temporary folder (about 200 MB). Usage: benches/peers/purchase.sh [CUSTOMERS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
customers=${1:-1000000} rounds=${2:-3}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv-purchase/bin/python" ]; then
  python3 -m venv "$work/venv-purchase"
  "$work/venv-purchase/bin/pip" install --quiet lifetimes==0.11.3 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 autograd==1.9.1 pyarrow==26.0.1
fi
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
"$work/venv-purchase/bin/python" benches/peers/purchase.py "$target/release/microseg" "$work" "$customers" "$rounds"
