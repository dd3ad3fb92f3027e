#!/usr/bin/env bash
# Chooses iALS settings for Gowalla on a validation part of its training data: a fifth of the pairs, drawn with a
# fixed seed. The test part is not looked at.
#
# What is within a standard error of the best is not worse: of those settings the most regularized is taken, and of
# its epochs the earliest (the one-standard-error rule of Breiman et al., 1984). The whole training part has a quarter
# more pairs than what the search trained on, so the unobserved weight is multiplied by 1.25: the two parts of the
# objective then stand as they stood in the search.
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
table=$work/search_$factors.txt
: > "$table"
while read -r regularization unobserved; do
  "$tidewright" train ials "$data" -o "$work/search" --split file --validate random:0.2 \
    --validate-metric recall@20 --patience 1 --factors "$factors" --epochs 14 \
    --regularization "$regularization" --unobserved-weight "$unobserved" --seed 1 2>"$work/search.log" >/dev/null
  echo "$regularization $unobserved $(/usr/bin/python3 -c '
import json, sys
print(*[round(json.loads(line)["recall@20"], 5) for line in open(sys.argv[1])])' "$work/search/metrics.jsonl")" >> "$table"
done <<'SETTINGS'
0.002 0.015
0.0025 0.0125
0.003 0.01
0.003 0.015
0.003 0.02
0.004 0.01
0.004 0.015
0.005 0.0125
0.006 0.01
SETTINGS
/usr/bin/python3 - "$table" <<'P'
import sys

# Of the mean over 29,858 users: a quarter of the width of the 95 % interval that `evaluate` prints.
STANDARD_ERROR = 0.0012
trials = []
for line in open(sys.argv[1]):
    regularization, unobserved, *curve = line.split()
    trials.append((float(regularization), float(unobserved), [float(value) for value in curve]))
print("regularization  unobserved  validation recall@20 after epochs 1, 2, …")
for regularization, unobserved, curve in trials:
    print(f"{regularization:14g}  {unobserved:10g}  " + " ".join(f"{value:.4f}" for value in curve))
enough = max(max(curve) for _, _, curve in trials) - STANDARD_ERROR
good = [trial for trial in trials if max(trial[2]) >= enough]
regularization, unobserved, curve = max(good, key=lambda trial: (trial[0], max(trial[2])))
epochs = next(i for i, value in enumerate(curve, 1) if value >= enough)
print(f"within a standard error of the best: {enough:.4f} and more")
print(f"chosen for the whole training part: --regularization {regularization:g} --unobserved-weight {unobserved * 1.25:g} --epochs {epochs}")
P
