#!/usr/bin/env bash
# Seconds an epoch against the dimension, for each solver on one data file: a CSV, a table, and a plot with both axes
# logarithmic. The median of a run's epochs without the first; its least and its most beside it. A solver that needed
# more than --limit seconds an epoch is not run at the dimensions beyond. Rows that the CSV has are not run again.
#
#   bench/dimension_sweep.sh DATA.h5 [OPTION VALUE]…
#     --dimensions '64 128 256 512 1024 2048'
#     --solvers 'cholesky cg ialspp'
#     --epochs N          of a run, at least 2     [4]
#     --limit SECONDS     of an epoch              [60]
#     --train '…'         more options of `tidewright train`; they belong to the row [--device cpu]
#     --results FILE.csv  [build/bench/dimension_sweep.csv]; the plot is written beside it
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:?an HDF5 file}
shift
dimensions='64 128 256 512 1024 2048' solvers='cholesky cg ialspp' epochs=4 limit=60 train='--device cpu'
results=build/bench/dimension_sweep.csv
while [ $# -gt 0 ]; do
  value=${2:?$1 needs a value}
  case $1 in
    --dimensions) dimensions=$value ;;
    --solvers) solvers=$value ;;
    --epochs) epochs=$value ;;
    --limit) limit=$value ;;
    --train) train=$value ;;
    --results) results=$value ;;
    *) echo "$1: no such option; the head of $0 lists them" >&2 && exit 2 ;;
  esac
  shift 2
done
[ "$epochs" -ge 2 ] || { echo "--epochs $epochs: at least 2; the first is not counted" >&2 && exit 2; }
mkdir -p build/bench "$(dirname "$results")"
name=$(basename "$data" .h5)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -e "$results" ] || echo 'data,train,solver,factors,seconds,least,most,epochs,loss' > "$results"
read -ra more <<< "$train"

recorded() { awk -F, -v d="$name" -v t="$train" -v s="$1" -v f="$2" '$1 == d && $2 == t && $3 == s && $4 == f' "$results"; }

for solver in $solvers; do
  for factors in $dimensions; do
    row=$(recorded "$solver" "$factors")
    if [ -z "$row" ]; then
      "$tidewright" train ials "$data" -o "$work/model" --split none --solver "$solver" --factors "$factors" \
        --epochs "$epochs" --no-history "${more[@]}" 2> "$work/log" > /dev/null || { cat "$work/log" >&2; exit 1; }
      row=$name,$train,$solver,$factors,$(/usr/bin/python3 - "$work/model" <<'P'
import json, statistics, sys

seconds = json.load(open(sys.argv[1] + "/run.json"))["epoch_seconds"][1:]
loss = [json.loads(line)["loss"] for line in open(sys.argv[1] + "/metrics.jsonl")][-1]
print(f"{statistics.median(seconds):.4f},{min(seconds):.4f},{max(seconds):.4f},{len(seconds)},{loss:.1f}")
P
      )
      echo "$row" >> "$results"
      echo "$row" >&2
    fi
    if awk -F, -v limit="$limit" '{ exit !($5 > limit) }' <<< "$row"; then
      echo "$solver: more than $limit s an epoch at $factors factors; not run beyond" >&2
      break
    fi
  done
done

awk -F, -v d="$name" -v t="$train" 'NR == 1 || ($1 == d && $2 == t)' "$results" > "$work/selected.csv"
echo "$name, $train; losses are those of different solvers after the same number of epochs"
echo '| solver | factors | s an epoch | range | loss |'
echo '|---|---|---|---|---|'
tail -n +2 "$work/selected.csv" | sort -t, -k3,3 -k4,4n |
  awk -F, '{ printf "| %s | %s | %.3f | %.3f - %.3f | %.0f |\n", $3, $4, $5, $6, $7, $9 }'
bench/plot_lines.py "$work/selected.csv" -o "${results%.csv}.svg" --x factors --y seconds --series solver --log-x --log-y \
  --title "$name: seconds an epoch against the dimension" --x-label factors --y-label 'seconds an epoch'
