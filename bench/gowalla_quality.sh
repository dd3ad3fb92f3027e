#!/usr/bin/env bash
# Trains iALS on Gowalla's whole training part with the settings that bench/gowalla_search.sh chose, and evaluates the
# test part once. Fails where recall@20 or NDCG@20 fall below what this project promises.
#
#   bench/gowalla_quality.sh GOWALLA_DIR     (the directory with train.txt[.gz] and test.txt[.gz])
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
source=${1:?the directory with train.txt and test.txt}
work=build/bench
mkdir -p "$work"
data=$work/gowalla.h5
if [ ! -e "$data" ]; then
  "$tidewright" import pairs "$source"/train.txt* --test "$source"/test.txt* -o "$data"
fi
"$tidewright" train ials "$data" -o "$work/gowalla" --device cpu --factors 256 --epochs 5 \
  --regularization 0.004 --unobserved-weight 0.0125 --frequency-exponent 1 --seed 1
"$tidewright" evaluate "$work/gowalla" "$data" --require 'recall@20>=.174' --require 'ndcg@20>=.146'
