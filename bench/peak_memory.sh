#!/usr/bin/env bash
# Measures the peak memory of `train` against what is promised: decoded columns + both CSR matrices + factors + 300 MB.
# Fails where it takes more.
#
#   bench/peak_memory.sh [DATA.h5] [FACTORS]     (default: a synthetic matrix of ML-20M's shape, 64 factors)
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${TIDEWRIGHT_BIN:-build/cpu/bin}
data=${1:-build/bench/ml20m.h5}
factors=${2:-64}
mkdir -p build/bench
if [ ! -e "$data" ]; then "$bin/tidewright-synthetic" --shape ml20m --seed 1 -o "$data"; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 - "$bin/tidewright" "$data" "$factors" "$work/model" <<'P'
import json, resource, subprocess, sys

binary, data, factors, model = sys.argv[1:]
about = json.loads(subprocess.run([binary, "inspect", data, "--json"], check=True, capture_output=True).stdout)
subprocess.run([binary, "train", "ials", data, "-o", model, "--split", "none", "--device", "cpu", "--factors", factors,
                "--epochs", "1"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
manifest = json.load(open(model + "/manifest.json"))
users, items = about["users"], about["items"]
entries = manifest["data"]["train_entries"]
parts = {
    "decoded columns": about["decoded_bytes"],
    "both CSR matrices": 2 * entries * 8 + (users + items + 2) * 8,
    "factors": (users + items) * int(factors) * 4,
    "allowance": 300e6,
}
for name, size in parts.items():
    print(f"{name:20} {size / 1e6:9.1f} MB")
bound = sum(parts.values())
print(f"{'bound':20} {bound / 1e6:9.1f} MB")
print(f"{'peak of train':20} {peak / 1e6:9.1f} MB")
sys.exit(peak > bound)
P
