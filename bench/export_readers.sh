#!/usr/bin/env bash
# Trains a recommender and classifiers, exports each in every format that tests/interop reads, and holds the readers' answers
# for every user and every customer against `recommend` and `score`: largest relative difference of a score (at most 1e-5)
# and the same ten items but for ties. Fails where one differs by more.
#
#   bench/export_readers.sh DATA.h5 [TABLE.h5 …]     (default tables: datasets/telco.h5)
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:?an event log or matrix in HDF5}
shift
tables=("${@:-datasets/telco.h5}")
bash tests/interop/make_environment.sh
python=build/interop/venv/bin/python
export PYTHONPATH=$PWD/build/interop/xgboost-3.4.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "$data, 64 factors"
"$tidewright" train ials "$data" -o "$work/ials" --factors 64 --epochs 8 >/dev/null 2>&1
"$tidewright" recommend "$work/ials" -o "$work/recommended.ndjson" 2>/dev/null
for format in safetensors faiss onnx triton ndjson; do
  "$tidewright" export "$work/ials" --format "$format" -o "$work/ials.$format" 2>/dev/null
  "$python" tests/interop/recommenders.py "$format" "$work/ials.$format" "$work/ials" "$work/recommended.ndjson"
done
for table in "${tables[@]}"; do
  /usr/bin/python3 tests/interop/table_rows.py "$table" "$work/rows.json"
  for algorithm in gbdt logistic; do
    echo "$table, $algorithm"
    rm -rf "$work/churn" "$work"/churn.*
    "$tidewright" train "$algorithm" "$table" -o "$work/churn" --cross-validate 3 >/dev/null 2>&1
    "$tidewright" score "$work/churn" "$table" -o "$work/scores.ndjson" 2>/dev/null
    for format in onnx triton; do
      "$tidewright" export "$work/churn" --format "$format" -o "$work/churn.$format" 2>/dev/null
      "$python" tests/interop/classifiers.py "$format" "$work/churn.$format" "$work/rows.json" "$work/scores.ndjson"
    done
  done
done
