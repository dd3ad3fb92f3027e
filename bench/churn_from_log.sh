#!/usr/bin/env bash
# Churn models straight from event logs, on this machine's cores: how well they tell who leaves, by cross-validation and by
# time, what each group of features is worth, and how long the whole way takes.
#
#   bench/churn_from_log.sh DATA_DIR [WHAT...]
#
# DATA_DIR holds cdnow/CDNOW_master.txt.gz and retail_rocket/log.tsv.gz; Online Retail is the log shipped in datasets/. WHAT is
# some of headline, models, time, ablation, additions, seconds, reliability; default: all but the last, which draws
# bench/plots/reliability_*.svg anew. TIDEWRIGHT names the program (build/cpu/bin/tidewright).
#
# headline: logistic regression whose penalty is chosen among 12 inside each training fold, so that nothing was tuned on what it
# is judged by; on Online Retail with the tastes of a recommender beside the log's columns. The settings of all other lines
# were chosen by cross-validation on Online Retail (5 folds, 3 repeats), which flatters the lines of that log; the other logs
# have the same ones. Exits 1 where the AUC or the ECE of a line that promises one falls short.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:?the directory with cdnow and retail_rocket}
shift
[ $# -gt 0 ] || set -- headline models time ablation additions seconds
work=build/bench/churn
mkdir -p "$work"
retail=datasets/online_retail.h5
chosen=(logistic --path 12 --path-penalty l1 --path-rule best --l2 0)
logistic=(logistic --l1 0.006 --l2 0)
gbdt=(gbdt --learning-rate 0.03 --max-depth 2 --epochs 300 --row-sample 0.7 --column-sample 0.2 --min-child-weight 10)
failed=0

make_logs() {
  if [ ! -e "$work/cdnow.h5" ]; then
    # Customer, yyyymmdd, CDs, dollars between blanks: one kind of item, worth its dollars.
    {
      echo user,item,date,cds,dollars
      gzip -dc "$data/cdnow/CDNOW_master.txt.gz" |
        awk '$1 + 0 > 0 {print $1 ",cd," substr($2, 1, 4) "-" substr($2, 5, 2) "-" substr($2, 7, 2) "," $3 "," $4}'
    } > "$work/cdnow.csv"
    "$program" import csv "$work/cdnow.csv" -o "$work/cdnow.h5" --user user --item item --timestamp date \
      --value dollars --keep cds=cds > /dev/null
  fi
  if [ ! -e "$work/retail_rocket.h5" ]; then
    "$program" import csv "$data/retail_rocket/log.tsv.gz" -o "$work/retail_rocket.h5" --user user --item item \
      --signal signal --timestamp ts > /dev/null
  fi
}

# measure NAME: the mean that train's report (standard input) has for it.
measure() { awk -v name="$1" '$1 == name {print $2; exit}'; }

# line TITLE REPORT [LEAST_AUC [MOST_ECE]]: prints what the report says, and remembers a miss.
line() {
  local auc low high log_loss ece
  auc=$(measure auc < "$2")
  low=$(awk '$1 == "auc" {print $3; exit}' "$2")
  high=$(awk '$1 == "auc" {print $5; exit}' "$2")
  log_loss=$(measure log_loss < "$2")
  ece=$(measure ece < "$2")
  printf '%-44s %7s  %s - %s %9s %8s' "$1" "$auc" "$low" "$high" "$log_loss" "$ece"
  # A report without the figure is a miss, too.
  if [ -n "${3:-}" ] && ! awk -v auc="$auc" -v least="$3" 'BEGIN {exit !(auc != "" && auc >= least)}'; then
    printf '  AUC below %s' "$3"
    failed=1
  fi
  if [ -n "${4:-}" ] && ! awk -v ece="$ece" -v most="$4" 'BEGIN {exit !(ece != "" && ece <= most)}'; then
    printf '  ECE above %s' "$4"
    failed=1
  fi
  printf '\n'
}

heading() { printf '\n%-44s %7s  %15s %9s %8s\n' "$1" auc '95 % interval' log_loss ece; }

# folds TITLE LEAST_AUC MOST_ECE LOG CUTOFF HORIZON MODEL...: five folds by customer, five times.
folds() {
  local title=$1 least=$2 most=$3 log=$4 cutoff=$5 horizon=$6
  shift 6
  "$program" train "$@" "$log" -o "$work/model" --cutoff "$cutoff" --horizon "$horizon" --cross-validate 5 \
    --repeats 5 > "$work/report.txt" 2> /dev/null
  line "$title" "$work/report.txt" "$least" "$most"
}

# tastes DATE: an iALS model of what Online Retail bought before DATE, for --factors.
tastes() {
  [ -e "$work/tastes-$1" ] ||
    "$program" train ials "$retail" -o "$work/tastes-$1" --factors 16 --split "time:$1" > /dev/null 2>&1
}

headline() {
  heading 'Penalty chosen inside each of 5 folds, 5 repeats'
  tastes 2011-09-10
  folds 'Online Retail, 2011-09-10, 90d: 16 factors' 0.752 0.02 "$retail" 2011-09-10 90d "${chosen[@]}" \
    --factors "$work/tastes-2011-09-10"
  folds 'Online Retail, 2011-09-10, 90d' 0.752 '' "$retail" 2011-09-10 90d "${chosen[@]}"
  folds 'CDNOW, 1997-10-01, 272d' 0.772 0.02 "$work/cdnow.h5" 1997-10-01 272d "${chosen[@]}"
  folds 'Retail Rocket, 2015-08-01, 45d' '' 0.02 "$work/retail_rocket.h5" 2015-08-01 45d "${chosen[@]}"
}

models() {
  heading '5 folds by customer, 5 repeats'
  folds 'Online Retail, 2011-09-10, 90d: logistic' 0.752 '' "$retail" 2011-09-10 90d "${logistic[@]}"
  folds 'Online Retail, 2011-09-10, 90d: gbdt' '' '' "$retail" 2011-09-10 90d "${gbdt[@]}"
  folds 'CDNOW, 1997-10-01, 272d: logistic' 0.772 0.02 "$work/cdnow.h5" 1997-10-01 272d "${logistic[@]}"
  folds 'CDNOW, 1997-10-01, 272d: gbdt' '' 0.02 "$work/cdnow.h5" 1997-10-01 272d "${gbdt[@]}"
  folds 'Retail Rocket, 2015-08-01, 45d: logistic' '' 0.02 "$work/retail_rocket.h5" 2015-08-01 45d "${logistic[@]}"
  folds 'Retail Rocket, 2015-08-01, 45d: gbdt' '' 0.02 "$work/retail_rocket.h5" 2015-08-01 45d "${gbdt[@]}"
}

# Trained on the cutoffs of 2011-04-13, 05-13 and 06-12, whose horizons end by 2011-09-10; that one tests. Tastes are of what was
# bought before the first of them.
by_time() {
  heading 'Online Retail: earlier cutoffs, test 2011-09-10'
  tastes 2011-04-13
  local model title least
  for model in chosen logistic gbdt; do
    local -n settings=$model
    title=$model least=
    if [ "$model" = chosen ]; then title='logistic, penalty by cross-validation'; fi
    if [ "$model" != gbdt ]; then least=0.743; fi
    "$program" train "${settings[@]}" "$retail" -o "$work/model" --cutoff 2011-09-10 --horizon 90d --cutoffs 6 \
      --every 30d > "$work/report.txt" 2> /dev/null
    line "$title" "$work/report.txt" "$least"
    "$program" train "${settings[@]}" "$retail" -o "$work/model" --cutoff 2011-09-10 --horizon 90d --cutoffs 6 \
      --every 30d --factors "$work/tastes-2011-04-13" > "$work/report.txt" 2> /dev/null
    line "$title, 16 factors" "$work/report.txt"
  done
}

ablation() {
  heading 'Online Retail, logistic: without one group'
  local all=(recency frequency value tenure windows trend gaps rhythm breadth items months negative season)
  local group kept
  for group in none "${all[@]}"; do
    kept=$(printf '%s\n' "${all[@]}" | grep -vx "$group" | paste -sd ,)
    folds "without $group" '' '' "$retail" 2011-09-10 90d "${logistic[@]}" --feature-groups "$kept"
  done
  heading 'Online Retail, logistic: one group alone'
  for group in "${all[@]}" recency,frequency,value; do
    folds "only $group" '' '' "$retail" 2011-09-10 90d "${logistic[@]}" --feature-groups "$group"
  done
}

# What other models of the same log add as columns: the tastes of a recommender, the silence that BG/NBD expects. Both end at
# the cutoff.
additions() {
  heading 'Online Retail: with columns of other models'
  rm -rf "$work/bgnbd"
  tastes 2011-09-10
  "$program" train bgnbd "$retail" -o "$work/bgnbd" --cutoff 2011-09-10 --penalty 0.01 > /dev/null 2>&1
  local model
  for model in logistic gbdt; do
    local -n settings=$model
    folds "$model" '' '' "$retail" 2011-09-10 90d "${settings[@]}"
    folds "$model, 16 factors" '' '' "$retail" 2011-09-10 90d "${settings[@]}" --factors "$work/tastes-2011-09-10"
    folds "$model, BG/NBD" '' '' "$retail" 2011-09-10 90d "${settings[@]}" --bgnbd "$work/bgnbd"
  done
}

# From the log to scored customers: folds, training and scoring, both models.
seconds() {
  printf '\nOnline Retail: train with 5 folds, then score every customer as of the last event\n'
  local model begin
  for model in logistic gbdt; do
    local -n settings=$model
    begin=$(date +%s.%N)
    "$program" train "${settings[@]}" "$retail" -o "$work/model" --cutoff 2011-09-10 --horizon 90d --cross-validate 5 \
      > /dev/null 2>&1
    "$program" score "$work/model" "$retail" --at latest -o "$work/scores.ndjson" 2> /dev/null
    printf '%-10s %6.2f s, %s customers\n' "$model" "$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN {print b - a}')" \
      "$(wc -l < "$work/scores.ndjson")"
  done
}

# What the probabilities of rows kept from each fold are worth, drawn: ROC, reliability, gain.
reliability() {
  mkdir -p bench/plots
  heading 'logistic, 5 folds by customer, 5 repeats'
  draw online_retail "$retail" 2011-09-10 90d
  draw cdnow "$work/cdnow.h5" 1997-10-01 272d
  draw retail_rocket "$work/retail_rocket.h5" 2015-08-01 45d
}

# draw NAME LOG CUTOFF HORIZON
draw() {
  local name=$1 log=$2 cutoff=$3 horizon=$4
  "$program" train "${logistic[@]}" "$log" -o "$work/model" --cutoff "$cutoff" --horizon "$horizon" --cross-validate 5 \
    --repeats 5 --svg "bench/plots/reliability_$name.svg" > "$work/report.txt" 2> /dev/null
  line "bench/plots/reliability_$name.svg" "$work/report.txt"
}

make_logs
rm -rf "$work"/tastes-*
for what in "$@"; do
  case $what in
    headline) headline ;;
    models) models ;;
    time) by_time ;;
    ablation) ablation ;;
    additions) additions ;;
    seconds) seconds ;;
    reliability) reliability ;;
    *)
      echo "churn_from_log.sh: $what is none of headline, models, time, ablation, additions, seconds, reliability" >&2
      exit 2
      ;;
  esac
done
exit "$failed"
