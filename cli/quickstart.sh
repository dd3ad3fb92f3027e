#!/usr/bin/env bash
# From nothing to recommendations and churn scores: installs what the build needs, builds a release, trains on the Online
# Retail log that is shipped, evaluates on its last weeks and recommends for three customers; then trains a churn model on
# the Telco table that is shipped and scores its customers. A second run takes seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cli/install-deps.sh
source cli/install-deps.sh

heading() {
  printf '\n== %s\n' "$1"
}

# Shows the command as a user would type it, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

# Sets `preset` and says why: CUDA where both nvcc 13 and a GPU are.
choose_preset() {
  local nvcc release
  nvcc=$(command -v nvcc || find /usr/local/cuda/bin/nvcc 2>/dev/null || true)
  release=$([ -z "$nvcc" ] || "$nvcc" --version | sed -n 's/.*release \([0-9]*\)\..*/\1/p')
  preset=cpu
  if [ -z "$nvcc" ]; then
    echo "Building for the CPU: no nvcc here."
  elif [ "${release:-0}" -lt 13 ]; then
    echo "Building for the CPU: $nvcc is of CUDA ${release:-?}; the CUDA backend needs CUDA 13."
  elif [ ! -e /dev/nvidiactl ]; then
    echo "Building for the CPU: nvcc is here, but no GPU. (The preset 'cuda' builds the CUDA backend anywhere.)"
  else
    preset=cuda
    export CUDACXX=$nvcc
    echo "Building for the CPU and for CUDA: $nvcc and a GPU are here."
  fi
}

build() {
  local options=()
  # A build folder that the tests use already is left as it is.
  [ -e "build/$preset/CMakeCache.txt" ] || options=(-DTIDEWRIGHT_TESTS=OFF -DTIDEWRIGHT_BENCH=OFF)
  use_ccache
  printf '\n$ %s\n' "cmake --preset $preset ${options[*]}"
  cmake --preset "$preset" "${options[@]}" >/dev/null
  show cmake --build --preset "$preset" --target tidewright_cli
}

heading "Build"
install_packages "build" "${BUILD_PACKAGES[@]}"
choose_preset
build
tidewright=build/$preset/bin/tidewright
model=build/quickstart/online_retail
churn=build/quickstart/telco

heading "The data: a year of purchases and cancellations in a gift shop"
show "$tidewright" inspect datasets/online_retail.h5

# The settings were chosen by ndcg@20 on the four weeks before: `--split time:2011-11-09 --validate time:2011-10-12`.
heading "Train on everything before 9 November 2011"
show "$tidewright" train ials datasets/online_retail.h5 -o "$model" --split time:2011-11-09 --aggregate count \
  --factors 128 --epochs 8 --regularization 0.003 --unobserved-weight 1

heading "Evaluate on the last month: products that a customer buys for the first time"
show "$tidewright" evaluate "$model" datasets/online_retail.h5 -k 20

heading "Recommend for three customers"
show "$tidewright" recommend "$model" --users 12583,14911,17850 -k 5 --table

heading "Who is about to leave: a table of a telephone company's customers"
show "$tidewright" train gbdt datasets/telco.h5 -o "$churn" --cross-validate 5 --max-depth 3 --learning-rate 0.06 \
  --epochs 150 --column-sample 0.5

heading "Score every customer"
show "$tidewright" score "$churn" datasets/telco.h5 -o build/quickstart/telco.ndjson
head -n 3 build/quickstart/telco.ndjson
