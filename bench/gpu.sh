#!/usr/bin/env bash
# All that needs a GPU, once: the tests labelled gpu, compute-sanitizer over the kernels' tests, the epoch of iALS on a
# matrix of ML-20M's shape, which must take at most 40 ms with 256 factors on an H100 or better, and 100 boosted trees of
# depth 10 on ten million rows of 13 columns (the shape of the airline data), which must take at most 3.6 s, with the share of the
# roofline that their histogram kernel reaches.
#
#   bench/gpu.sh [MILLISECONDS [SECONDS]]      (most for an epoch with 256 factors, and for the trees; default 40 and 3.6)
#
# Needs the preset cuda built with its tests (`cmake --preset cuda && cmake --build --preset cuda`) and a GPU. Prints one line
# a step; exits 1 where a step fails. The bench's report stays in build/cuda/gpu.json. bench/peers/churn.sh runs XGBoost beside
# the trees.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
most=${1:-40}
most_trees=${2:-3.6}
bin=build/cuda/bin
log=build/cuda/gpu.log
: > "$log"

# Where no device is, tests are skipped, which ctest counts as passed.
"$bin/tidewright" doctor | grep -q '^cuda  *cuda:0: ' || {
  "$bin/tidewright" doctor
  echo "no GPU that this build can use"
  exit 1
}

failed=0
step() {
  local name=$1
  shift
  if "$@" >> "$log" 2>&1; then
    echo "passed  $name"
  else
    echo "FAILED  $name (see $log)"
    failed=1
  fi
}

step "tests labelled gpu" ctest --preset cuda -L gpu --output-on-failure
for tests in "$bin"/test_cuda_*; do
  for tool in memcheck racecheck initcheck synccheck; do
    step "compute-sanitizer $tool ${tests##*/}" compute-sanitizer --tool "$tool" --error-exitcode 1 "$tests"
  done
done

"$bin/tidewright" bench ials --shape ml20m --device cuda --factors 64,128,256 -o build/cuda/gpu.json
python3 - build/cuda/gpu.json "$most" <<'PYTHON' || failed=1
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    results = json.load(file)["results"]
epoch = next(result["seconds"]["median"] for result in results if result["factors"] == 256) * 1e3
print(f"256 factors: {epoch:.1f} ms an epoch, asked {sys.argv[2]}")
sys.exit(epoch > float(sys.argv[2]))
PYTHON

table=build/cuda/airline.h5
[ -e "$table" ] || step "a table of 10 M x 13" "$bin/tidewright-synthetic" table --rows 10000000 --columns 13 -o "$table"
for run in 1 2 3; do
  rm -rf "build/cuda/airline_$run"
  step "100 trees of depth 10, run $run" "$bin/tidewright" train gbdt "$table" -o "build/cuda/airline_$run" --max-depth 10 \
    --epochs 100 --device cuda
done
python3 - "$most_trees" build/cuda/airline_{1,2,3}/run.json <<'PYTHON' || failed=1
import json
import statistics
import sys

seconds = []
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        seconds.append(sum(json.load(file)["epoch_seconds"]))
median = statistics.median(seconds)
print(f"100 trees of depth 10 on 10 M x 13: {median:.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), asked {sys.argv[1]}")
sys.exit(median > float(sys.argv[1]))
PYTHON
"$bin/histogram_bench" 10000000 13 20 cuda || failed=1
exit "$failed"
