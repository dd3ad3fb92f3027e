#!/usr/bin/env bash
# How the time of boosted trees grows with the rows: made-up tables of 28 columns, 100 trees of 64 leaves, 256 bins.
#
#   bench/churn_growth.sh [OPTION VALUE]…
#     --rows '10000 100000 1000000'   [10000 to 10000000]    --threads N   [all cores]    --trees N   [100]
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
synthetic=${SYNTHETIC:-build/cpu/bin/tidewright-synthetic}
rows='10000 100000 1000000 10000000' threads=0 trees=100
while [ $# -gt 0 ]; do
  value=${2:?$1 needs a value}
  case $1 in
    --rows) rows=$value ;;
    --threads) threads=$value ;;
    --trees) trees=$value ;;
    *) echo "$1: no such option; the head of $0 lists them" >&2 && exit 2 ;;
  esac
  shift 2
done
work=build/bench
mkdir -p "$work"
echo "| rows | file to artifact, s | a tree, ms | peak memory, MB |"
echo "|---|---|---|---|"
for count in $rows; do
  table=$work/growth_$count.h5
  [ -e "$table" ] || "$synthetic" table --rows "$count" --columns 28 --missing 0.05 --seed 1 -o "$table" > /dev/null 2>&1
  rm -rf "$work/growth_model"
  /usr/bin/python3 - "$count" "$tidewright" train gbdt "$table" -o "$work/growth_model" --epochs "$trees" --growth leafwise \
    --max-depth 0 --max-leaves 64 --threads "$threads" <<'P'
import json, resource, statistics, subprocess, sys, time

count, command = sys.argv[1], sys.argv[2:]
begin = time.monotonic()
result = subprocess.run(command, capture_output=True, text=True, check=False)
seconds = time.monotonic() - begin
if result.returncode:
    sys.exit(result.stderr)
run = json.load(open(command[command.index("-o") + 1] + "/run.json"))
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
print(f"| {int(count):,} | {seconds:.2f} | {1e3 * statistics.median(run['epoch_seconds']):.2f} | {memory:.0f} |", flush=True)
P
done
