#!/usr/bin/env bash
# All that needs a GPU, once: the tests labelled gpu, compute-sanitizer over the kernels' tests, and the epoch of iALS on a
# matrix of ML-20M's shape, which must take at most 40 ms with 256 factors on an H100 or better.
#
#   bench/gpu.sh [MILLISECONDS]      (most for an epoch with 256 factors; default 40)
#
# Needs the preset cuda built with its tests (`cmake --preset cuda && cmake --build --preset cuda`) and a GPU. Prints one line
# a step; exits 1 where a step fails. The bench's report stays in build/cuda/gpu.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
most=${1:-40}
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
exit "$failed"
