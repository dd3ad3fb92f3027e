#!/usr/bin/env bash
# Trains recommenders and churn models, exports each in every format, and holds what each reader of the format answers for
# every user and every customer against `recommend` and `score`: the largest relative difference of a score (of a recommender's
# relative to the user's best one) and the same ten items but for ties; of about 500 users the folded-in vector. A churn model
# is named with the calibration that was kept.
# Prints a table; fails where a score differs by more than 1e-5, a vector by more than 1e-4, or a list differs. What is
# measured stays in a folder of build/bench/export_readers named after this program and these readers, so that a run that was
# stopped goes on; remove the folder to begin again.
#
#   bench/export_readers.sh GOWALLA_DIR     (the directory with train.txt[.gz] and test.txt[.gz])
#
# Online Retail and Telco are in datasets/. The readers come from PyPI (tests/interop/make_environment.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
source=${1:?the directory with train.txt and test.txt}
made_by=$(cat "$tidewright" tests/interop/*.py tests/interop/make_environment.sh | sha256sum)
work=build/bench/export_readers/${made_by:0:12}
gowalla=build/bench/gowalla.h5
retail=datasets/online_retail.h5
mkdir -p "$work"
bash tests/interop/make_environment.sh
environment=build/interop

quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}

# row DATA MODEL FORMAT XGBOOST SCRIPT ARGUMENT...: a reader's answer as a row of the table, once.
row() {
  local data=$1 model=$2 format=$3 version=$4 kept
  shift 4
  kept="$work/$data-$model-$format-$version.said"
  kept=${kept// /_}
  if [ -n "${printed[$kept]-}" ]; then return; fi  # two trainings can keep the same calibration
  printed[$kept]=yes
  if [ ! -s "$kept" ]; then
    echo "$data, $model, $format" >&2
    PYTHONPATH=$environment/xgboost-$version "$environment/venv/bin/python" "tests/interop/$1" "${@:2}" >"$kept.part"
    mv "$kept.part" "$kept"
  fi
  awk -v start="| $data | $model | $format" -v usual="${readers[$format]-xgboost $version}" '
    match($0, /[0-9]+ (users|customers),/) {
      answers = substr($0, RSTART, RLENGTH - 1)
      largest = $0
      sub(/.*difference [^0-9]*/, "", largest)
      sub(/,.*/, "", largest)
      folded = /^fold-in/
      part = folded ? ", fold_in" : ""
      reader = usual
      if (/^score_fil of /) {
        part = ", score_fil"
        reader = $3
        sub(/:$/, "", reader)
      }
      lists = /the same items/ ? "the same but for ties" : "-"
      print start part " | " reader " | " answers " | " largest (folded ? " of a vector" : "") " | " lists " |"
    }' "$kept"
}
declare -A printed=() readers=([safetensors]=safetensors [faiss]=faiss-cpu [onnx]="onnx, onnxruntime" [ndjson]="JSON"
                               [triton]="onnx, onnxruntime")

# recommender NAME DATA MODEL FORMATS OPTION...: trained, exported and read.
recommender() {
  local name=$1 data=$2 model=$3 formats=$4 at
  at="$work/$name $model"
  at=${at// /_}
  shift 4
  if [ ! -d "$at" ]; then quietly "$tidewright" train ials "$data" -o "$at" "$@"; fi
  if [ ! -e "$at.said.ndjson" ]; then quietly "$tidewright" recommend "$at" -o "$at.said.ndjson"; fi
  for format in $formats; do
    if [ ! -d "$at.$format" ]; then quietly "$tidewright" export "$at" --format "$format" -o "$at.$format"; fi
    row "$name" "$model" "$format" 3.4.1 recommenders.py "$format" "$at.$format" "$at" "$at.said.ndjson"
  done
}

# What was kept of the calibrations that the artifact's training tried.
kept_by() {
  /usr/bin/python3 -c '
import json, sys
kept = json.load(open(sys.argv[1] + "/manifest.json")).get("calibration", {}).get("kept")
print("calibrated by " + kept["method"] if kept else "not calibrated")' "$1"
}

# churn NAME TABLE ALGORITHM: as it is calibrated and as it is not; trees by Platt besides, which alone leaves can hold.
churn() {
  local name=$1 table=$2 algorithm=$3 at
  at="$work/${name// /_}.$algorithm"
  /usr/bin/python3 tests/interop/table_rows.py "$table" "$at.rows.json"
  for calibrate in auto platt none; do
    local model of="$at.$calibrate" formats=(safetensors onnx triton ndjson)
    if [ "$calibrate" != auto ]; then formats=(safetensors); fi
    if [ "$algorithm/$calibrate" = gbdt/platt ]; then formats=(safetensors triton); fi
    if [[ $algorithm = gbdt && $calibrate != auto ]]; then formats+=(xgboost xgboost-ubj); fi
    if [ ! -d "$of" ]; then
      quietly "$tidewright" train "$algorithm" "$table" -o "$of" --cross-validate 3 --calibrate "$calibrate"
    fi
    model="$algorithm, $(kept_by "$of")"
    if [ ! -e "$of.said.ndjson" ]; then quietly "$tidewright" score "$of" "$table" -o "$of.said.ndjson"; fi
    for format in "${formats[@]}"; do
      local out="$of.$format" versions=(3.4.1) more=()
      [ "$format" != xgboost ] || out="$of.json"
      [ "$format" != xgboost-ubj ] || out="$of.ubj"
      [[ $format != xgboost* ]] || versions=(3.4.1 2.1.4)
      [ "$format" != ndjson ] || more=(--data "$table")
      if [ ! -e "$out" ]; then
        quietly "$tidewright" export "$of" --format "$format" -o "$out" "${more[@]}"
      fi
      for version in "${versions[@]}"; do
        row "$name" "$model" "$format" "$version" classifiers.py "$format" "$out" "$at.rows.json" "$of.said.ndjson"
      done
    done
  done
}

if [ ! -e "$gowalla" ]; then
  quietly "$tidewright" import pairs "$source"/train.txt* --test "$source"/test.txt* -o "$gowalla"
fi
echo "| data | model | format | read by | answers | largest relative difference | first 10 |"
echo "|---|---|---|---|---|---|---|"
every="safetensors faiss onnx triton ndjson"
recommender "Gowalla" "$gowalla" "iALS, 64 factors" "$every" --factors 64 --epochs 8
recommender "Gowalla" "$gowalla" "iALS, 256 factors, alpha 40" onnx --factors 256 --epochs 4 --alpha 40
recommender "Online Retail" "$retail" "iALS, 64 factors, alpha 40" "$every" --factors 64 --epochs 8 --alpha 40
recommender "Online Retail" "$retail" "iALS, 256 factors, alpha 1" onnx --factors 256 --epochs 8 --alpha 1
recommender "Online Retail" "$retail" "iALS, 256 factors, alpha 40" onnx --factors 256 --epochs 8 --alpha 40
# The customers of Online Retail as of a date, as a table.
customers=$work/online_retail_customers.h5
if [ ! -e "$customers" ]; then
  quietly "$tidewright" train logistic "$retail" -o "$work/of_log" --cutoff 2011-09-10 --horizon 60d --cutoffs 1 \
    --table-out "$customers"
fi
for algorithm in gbdt logistic; do
  churn "Telco" datasets/telco.h5 "$algorithm"
  churn "Online Retail customers" "$customers" "$algorithm"
done
