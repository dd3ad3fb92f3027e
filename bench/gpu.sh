#!/usr/bin/env bash
# All that needs a GPU, once: the tests labelled gpu, compute-sanitizer over the kernels' tests, epochs of iALS on a matrix
# of ML-20M's shape, which on an H100 or better must take at most 40 ms with 256 factors by cholesky, 15 ms by the faster of
# cg and ialspp, and 600 ms with 2048 factors by ialspp, and 100 boosted trees of depth 10 on ten million rows of 13 columns
# (the shape of the airline data), which must take at most 3.6 s, with the share of the roofline that their histogram kernel
# reaches.
#
#   bench/gpu.sh [FACTOR]      (multiplies these limits, for a smaller GPU; default 1)
#
# Needs the preset cuda built with its tests (`cmake --preset cuda && cmake --build --preset cuda`) and a GPU. Prints one line
# a step; exits 1 where a step fails. The bench's reports stay in build/cuda/gpu.json and gpu_2048.json.
# bench/peers/churn.sh runs XGBoost beside the trees.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
slower=${1:-1}
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

"$bin/tidewright" bench ials --shape ml20m --device cuda --factors 64,128,256 --solver cholesky,cg,ialspp -o build/cuda/gpu.json
"$bin/tidewright" bench ials --shape ml20m --device cuda --factors 2048 --solver ialspp -o build/cuda/gpu_2048.json
python3 - build/cuda/gpu.json build/cuda/gpu_2048.json "$slower" <<'PYTHON' || failed=1
import json
import sys

*reports, slower = sys.argv[1:]
milliseconds = {}
for report in reports:
    with open(report, encoding="utf-8") as file:
        for result in json.load(file)["results"]:
            milliseconds[result["factors"], result["solver"]] = result["seconds"]["median"] * 1e3
failed = False
for factors, solvers, limit in ((256, ["cholesky"], 40), (256, ["cg", "ialspp"], 15), (2048, ["ialspp"], 600)):
    epoch, solver = min((milliseconds[factors, solver], solver) for solver in solvers)
    asked = limit * float(slower)
    print(f"{factors} factors, {solver}: {epoch:.1f} ms an epoch, asked {asked:.1f}")
    failed |= epoch > asked
sys.exit(failed)
PYTHON

table=build/cuda/airline.h5
[ -e "$table" ] || step "a table of 10 M x 13" "$bin/tidewright-synthetic" table --rows 10000000 --columns 13 -o "$table"
for run in 1 2 3; do
  rm -rf "build/cuda/airline_$run"
  step "100 trees of depth 10, run $run" "$bin/tidewright" train gbdt "$table" -o "build/cuda/airline_$run" --max-depth 10 \
    --epochs 100 --device cuda
done
python3 - "$slower" build/cuda/airline_{1,2,3}/run.json <<'PYTHON' || failed=1
import json
import statistics
import sys

seconds = []
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        seconds.append(sum(json.load(file)["epoch_seconds"]))
median = statistics.median(seconds)
asked = 3.6 * float(sys.argv[1])
print(f"100 trees of depth 10 on 10 M x 13: {median:.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), asked {asked:.2f}")
sys.exit(median > asked)
PYTHON
"$bin/histogram_bench" 10000000 13 20 cuda || failed=1
exit "$failed"
