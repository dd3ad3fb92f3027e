#!/usr/bin/env bash
# Trains the same classifier again and again with 1, 2 and 8 threads (and on CUDA with --device cuda) and prints the hashes
# of what was written. Exits with 1 where there is more than one.
#
#   bench/churn_same_bytes.sh TABLE.h5 [RUNS] [OPTION...]   runs [20] for each number of threads; options of `train gbdt`
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
table=${1:?a feature table}
runs=${2:-20}
shift $(($# < 2 ? $# : 2))
work=build/bench/churn_same_bytes
mkdir -p "$work"
hashes=$work/hashes.txt
: > "$hashes"
for threads in 1 2 8; do
  for ((run = 0; run < runs; run++)); do
    "$tidewright" train gbdt "$table" -o "$work/model" --threads "$threads" "$@" 2> "$work/log" > /dev/null ||
      { cat "$work/log" >&2 && exit 1; }
    cat "$work/model/model.safetensors" "$work/model/manifest.json" | sha256sum | cut -c1-32 >> "$hashes"
  done
done
echo "$((3 * runs)) runs of train gbdt $table $* with 1, 2 and 8 threads; how often each hash of model and manifest:"
sort "$hashes" | uniq -c
[ "$(sort -u "$hashes" | wc -l)" = 1 ]
