#!/usr/bin/env bash
# Boosted trees on two tables of customers: AUC, log loss and ECE of 5 repeats of 5 folds, with settings that were chosen by
# cross-validation on the same tables, which flatters them a little (bench/peers/churn.sh quality tunes inside each fold).
#
#   bench/churn_quality.sh DATA_DIR
#
# DATA_DIR holds bank_churn/Churn_Modelling.csv.gz; Telco is the table shipped in datasets/. TIDEWRIGHT names the program
# (build/cpu/bin/tidewright). Exits 1 where an AUC is below what is promised: .849 and .868.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:?the directory with bank_churn}
work=build/bench/churn_quality
mkdir -p "$work"
bank="$work/bank.h5"
failed=0

[ -e "$bank" ] || "$program" import table "$data/bank_churn/Churn_Modelling.csv.gz" -o "$bank" --label Exited \
  --id CustomerId --drop RowNumber --drop Surname > /dev/null

# figure METRIC COLUMN: of the report (mean, low, "-", high).
figure() { awk -v name="$1" -v column="$2" '$1 == name {print $column; exit}' "$work/report.txt"; }

# folds TITLE LEAST_AUC TABLE OPTION...
folds() {
  local title=$1 least=$2 table=$3
  shift 3
  "$program" train gbdt "$table" -o "$work/model" --cross-validate 5 --repeats 5 "$@" > "$work/report.txt" 2> /dev/null
  printf '%-8s %7s  %s - %s %9s %8s' "$title" "$(figure auc 2)" "$(figure auc 3)" "$(figure auc 5)" \
    "$(figure log_loss 2)" "$(figure ece 2)"
  if ! awk -v auc="$(figure auc 2)" -v least="$least" 'BEGIN {exit !(auc != "" && auc >= least)}'; then
    printf '  AUC below %s' "$least"
    failed=1
  fi
  printf '\n'
}

printf '%-8s %7s  %15s %9s %8s\n' gbdt auc '95 % interval' log_loss ece
folds Telco 0.849 datasets/telco.h5 --epochs 200 --max-depth 3 --learning-rate .05 --row-sample .6 --column-sample .3 --l2 10 \
  --min-child-weight 5
folds bank 0.868 "$bank" --epochs 200 --max-depth 5 --learning-rate .025 --l2 1 --min-child-weight 1 --row-sample .8 \
  --column-sample .7
exit "$failed"
