#!/usr/bin/env bash
# Discrete-time hazard on Online Retail: how well it tells who has left within 7, 30, 60 and 90 days, against the Kaplan-Meier
# curve; customers leave who are silent for 60 days. Trained on earlier cutoffs only, tested on the last one.
#
#   bench/hazard.sh
#
# Needs nothing but the log shipped in datasets/. TIDEWRIGHT names the program (build/cpu/bin/tidewright). Exits 1 where the
# integrated Brier score is not below the baseline's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${TIDEWRIGHT:-build/cpu/bin/tidewright}
work=build/bench/hazard
log=datasets/online_retail.h5
mkdir -p "$work"
trees=(--learning-rate 0.03 --max-depth 2 --epochs 300 --row-sample 0.7 --column-sample 0.2 --min-child-weight 10)

begin=$(date +%s.%N)
"$program" train hazard "$log" -o "$work/model" "${trees[@]}" --cutoff 2011-07-10 --horizon 60d --cutoffs 6 --every 30d \
  --periods 7,30,60,90
awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN {printf "log to artifact: %.2f s\n\n", b - a}'

failed=0
"$program" evaluate "$work/model" "$log" --at 2011-07-10 > "$work/judged.txt"
awk '$1 == "integrated" {seen = 1; bad = !($2 < $3)} END {exit bad || !seen}' "$work/judged.txt" || {
  echo 'no better than the Kaplan-Meier curve'
  failed=1
}

# The log begins on 2010-12-01: columns that look further back than to there grow with the log, not with the customer.
printf '\nwhat the log reaches at every cutoff: --window 70d, without tenure\n'
"$program" train hazard "$log" -o "$work/short" "${trees[@]}" --cutoff 2011-07-10 --horizon 60d --cutoffs 6 --every 30d \
  --periods 7,30,60,90 --window 70d \
  --feature-groups recency,frequency,value,windows,trend,gaps,rhythm,breadth,items,months,negative 2> /dev/null

begin=$(date +%s.%N)
"$program" score "$work/model" "$log" --at latest -o "$work/scores.ndjson"
awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN {printf "scored: %.2f s\n", b - a}'
head -n 1 "$work/scores.ndjson"
exit "$failed"
