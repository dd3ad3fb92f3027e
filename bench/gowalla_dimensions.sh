#!/usr/bin/env bash
# Gowalla over the dimension. For each number of factors: chooses regularization, unobserved weight and epochs on a
# fifth of the training pairs (bench/ials_search.py, from the choice of the dimension before), trains on the whole
# training part with the choice, and evaluates the test part, once. The whole training part has a quarter more pairs than
# what the search trained on, so the unobserved weight is multiplied by 1.25, as in gowalla_search.sh. Trials and results stay in CSV files under
# build/bench, so that a run that was stopped goes on; what is in the results is not evaluated again. Prints the table
# and draws recall@20 and NDCG@20 against the dimension (SVG).
#
#   bench/gowalla_dimensions.sh GOWALLA_DIR [OPTION VALUE]…   (the directory with train.txt[.gz] and test.txt[.gz])
#     --dimensions '64 128 256'   --metric ndcg@20|recall@20   chosen by                  [64 to 2048; ndcg@20]
#     --train '--solver …'        more options of `tidewright train`                      [--device cpu]
#     --start R,U,E               regularization, unobserved weight, exponent to begin with [0.003,0.014,1]
#     --max-trials N              of each search                                          [14]
#     --results FILE.csv          [build/bench/gowalla_dimensions.csv]; the plot is written beside it
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
source=${1:?the directory with train.txt and test.txt}
shift
dimensions='64 128 256 512 1024 2048'
metric=ndcg@20 train='--device cpu' start=0.003,0.014,1 max_trials=14 results=build/bench/gowalla_dimensions.csv
while [ $# -gt 0 ]; do
  value=${2:?$1 needs a value}
  case $1 in
    --dimensions) dimensions=$value ;;
    --metric) metric=$value ;;
    --train) train=$value ;;
    --start) start=$value ;;
    --max-trials) max_trials=$value ;;
    --results) results=$value ;;
    *) echo "$1: no such option; the head of $0 lists them" >&2 && exit 2 ;;
  esac
  shift 2
done
work=build/bench
mkdir -p "$work" "$(dirname "$results")"
data=$work/gowalla.h5
if [ ! -e "$data" ]; then
  "$tidewright" import pairs "$source"/train.txt* --test "$source"/test.txt* -o "$data"
fi
if [ ! -e "$results" ]; then
  echo 'factors,chosen_by,train,regularization,unobserved_weight,frequency_exponent,epochs,validation,recall@20,recall_low,recall_high,ndcg@20,ndcg_low,ndcg_high,epoch_seconds' > "$results"
fi
read -ra more <<< "$train"

for factors in $dimensions; do
  row=$(awk -F, -v f="$factors" -v m="$metric" -v t="$train" '$1 == f && $2 == m && $3 == t' "$results")
  if [ -z "$row" ]; then
    echo "Searching: $factors factors, by $metric of a fifth of the training pairs" >&2
    read -r regularization unobserved exponent epochs validation < <(
      /usr/bin/python3 bench/ials_search.py "$data" --memory "$work/gowalla_trials.csv" --factors "$factors" \
        --metric "$metric" --start "$start" --max-trials "$max_trials" --train "$train" --tidewright "$tidewright")
    unobserved=$(awk -v u="$unobserved" 'BEGIN { printf "%g", 1.25 * u }')
    echo "Training on the whole training part: $regularization, $unobserved, $exponent, $epochs epochs" >&2
    model=$work/gowalla_dimensions.model
    "$tidewright" train ials "$data" -o "$model" --split file --factors "$factors" --epochs "$epochs" \
      --regularization "$regularization" --unobserved-weight "$unobserved" --frequency-exponent "$exponent" --seed 1 \
      "${more[@]}" 2> "$work/gowalla_dimensions.log" > /dev/null || { cat "$work/gowalla_dimensions.log" >&2; exit 1; }
    "$tidewright" evaluate "$model" "$data" --json > "$work/gowalla_dimensions.json" 2> /dev/null
    row=$factors,$metric,$train,$regularization,$unobserved,$exponent,$epochs,$validation,$(
      /usr/bin/python3 - "$work/gowalla_dimensions.json" "$model/run.json" <<'P'
import json, statistics, sys

metrics = json.load(open(sys.argv[1]))["metrics"]
found = [f'{metrics[name][part]:.4f}' for name in ("recall@20", "ndcg@20") for part in ("mean", "low", "high")]
print(",".join(found + [f'{statistics.median(json.load(open(sys.argv[2]))["epoch_seconds"]):.3f}']))
P
    )
    echo "$row" >> "$results"
  fi
  start=$(awk -F, '{ printf "%s,%g,%s", $4, $5 / 1.25, $6 }' <<< "$row")
done

selected=$work/gowalla_dimensions.selected.csv
awk -F, -v m="$metric" -v t="$train" 'NR == 1 || ($2 == m && $3 == t)' "$results" > "$selected"
echo "| factors | regularization | unobserved weight | epochs | validation $metric | recall@20 | 95 % | ndcg@20 | 95 % | s an epoch |"
echo '|---|---|---|---|---|---|---|---|---|---|'
tail -n +2 "$selected" | sort -t, -k1,1n | awk -F, '{
  printf "| %s | %s | %s | %s | %s | %s | %s - %s | %s | %s - %s | %s |\n", $1, $4, $5, $7, $8, $9, $10, $11, $12, $13, $14, $15 }'
bench/plot_lines.py "$selected" -o "${results%.csv}.svg" --x factors --y recall@20,ndcg@20 --log-x \
  --title 'Gowalla: quality against the dimension' --x-label factors --y-label 'test part'
