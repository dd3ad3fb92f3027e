#!/usr/bin/env bash
# Exports boosted trees of two tables of customers to XGBoost's JSON, loads it with two versions of XGBoost, and prints the
# largest difference of a probability from `tidewright score` over all rows, with a Platt calibration and without. Categories are
# native, as exported; missing values are NaN. Exits 1 where a difference is above 1e-6.
#
#   bench/xgboost_scores.sh DATA_DIR [OPTION...]     options of `train gbdt` [--epochs 200]
#
# DATA_DIR holds bank_churn/Churn_Modelling.csv.gz; Telco is the table shipped in datasets/. XGBoost comes from PyPI
# (tests/interop/make_environment.sh); TIDEWRIGHT names the program (build/cpu/bin/tidewright).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:?the directory with bank_churn}
shift
options=("$@")
[ "${#options[@]}" != 0 ] || options=(--epochs 200)
work=build/bench/xgboost_scores
mkdir -p "$work"
bash tests/interop/make_environment.sh
failed=0

quietly() {
  "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}

# differences NAME TABLE
differences() {
  local name=$1 table=$2 calibrated calibration version
  /usr/bin/python3 tests/interop/table_rows.py "$table" "$work/rows.json"
  for calibrated in none platt; do
    calibration=(--calibrate none)
    [ "$calibrated" = none ] || calibration=(--cross-validate 3 --calibrate "$calibrated")
    quietly "$tidewright" train gbdt "$table" -o "$work/model" "${options[@]}" "${calibration[@]}" --export xgboost
    quietly "$tidewright" score "$work/model" "$table" -o "$work/scores.ndjson"
    for version in 3.4.1 2.1.4; do
      printf '| %s | %s' "$name" "$calibrated"
      PYTHONPATH=build/interop/xgboost-$version build/interop/venv/bin/python bench/xgboost_scores.py \
        "$work/model.xgboost.json" "$work/model/manifest.json" "$work/rows.json" "$work/scores.ndjson" || failed=1
    done
  done
}

bank="$work/bank.h5"
[ -e "$bank" ] || quietly "$tidewright" import table "$data/bank_churn/Churn_Modelling.csv.gz" -o "$bank" --label Exited \
  --id CustomerId --drop RowNumber --drop Surname
# Bank churn has no missing value of its own: the same customers with every seventh value blanked.
holes="$work/bank_holes.h5"
if [ ! -e "$holes" ]; then
  gzip -dc "$data/bank_churn/Churn_Modelling.csv.gz" | awk -F, -v OFS=, '
    NR > 1 {for (column = 4; column <= 13; ++column) if ((NR * 31 + column * 17) % 7 == 0) $column = ""} {print}' > "$work/holes.csv"
  quietly "$tidewright" import table "$work/holes.csv" -o "$holes" --label Exited --id CustomerId --drop RowNumber --drop Surname
fi
echo "train gbdt ${options[*]}"
echo "| table | calibration | read by | trees | rows | values missing | largest difference |"
echo "|---|---|---|---|---|---|---|"
differences Telco datasets/telco.h5
differences "bank churn" "$bank"
differences "bank churn, a seventh blanked" "$holes"
exit "$failed"
