#!/usr/bin/env bash
# Chooses iALS settings for Gowalla on a validation part of its training data: a fifth of the pairs, drawn with a
# fixed seed. The test part is not looked at.
#
#   bench/gowalla_search.sh GOWALLA_DIR [FACTORS]     (the directory with train.txt[.gz] and test.txt[.gz])
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
source=${1:?the directory with train.txt and test.txt}
factors=${2:-256}
work=build/bench
mkdir -p "$work"
data=$work/gowalla.h5
if [ ! -e "$data" ]; then
  "$tidewright" import pairs "$source"/train.txt* --test "$source"/test.txt* -o "$data"
fi
echo "factors regularization unobserved-weight frequency-exponent | best epoch, validation ndcg@20"
while read -r regularization unobserved exponent; do
  "$tidewright" train ials "$data" -o "$work/search" --split file --validate random:0.2 \
    --validate-metric ndcg@20 --patience 1 --factors "$factors" --epochs 14 \
    --regularization "$regularization" --unobserved-weight "$unobserved" \
    --frequency-exponent "$exponent" --seed 1 2>"$work/search.log" >/dev/null
  printf '%s %s %s %s | ' "$factors" "$regularization" "$unobserved" "$exponent"
  /usr/bin/python3 - "$work/search/metrics.jsonl" <<'P'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
best = max(rows, key=lambda row: row["ndcg@20"])
print(best["epoch"], f'{best["ndcg@20"]:.4f}')
P
done <<'SETTINGS'
0.002 0.02 1
0.003 0.02 1
0.004 0.015 1
SETTINGS
