#!/usr/bin/env bash
# A refresh after 1 % new events beside a full run over everything: times, and their ratio.
# Makes its own virtual environment and a simulated shop in a temporary folder (1,000,000 contacts: about 6 GB).
# Usage: benches/peers/refresh.sh [CONTACTS]
set -euo pipefail
cd "$(dirname "$0")/../.."
contacts=${1:-1000000}
work=${MICROSEG_BENCH_DIR:-$(mktemp -d)}
cargo build --release --quiet
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet pyarrow==26.0.1
fi
"$work/venv/bin/python" benches/peers/refresh.py "$target/release/microseg" "$work" "$contacts"
