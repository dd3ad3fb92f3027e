#!/usr/bin/env bash
# Repeats the Online Retail CSV to some million lines, imports it plain and gzip'd, checks that every count is the
# repeated one, and prints lines a second: of the clock, and of one core's processor time (reading, parsing, sorting,
# compressing and writing the HDF5 file together).
#
#   bench/import_bench.sh online_retail.csv[.gz] [TIMES]      (TIMES: how often to repeat it; default 8)
set -euo pipefail
cd "$(dirname "$0")/.."
export TIDEWRIGHT=${TIDEWRIGHT:-build/cpu/bin/tidewright}
csv=${1:?the Online Retail CSV}
times=${2:-8}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

plain() { if [[ $csv == *.gz ]]; then gzip -dc "$csv"; else cat "$csv"; fi; }
count() { awk -v what="$1" '$1 == what { gsub(",", "", $2); print $2; exit }' "$2"; }

plain > "$work/once.csv"
datasets/make_online_retail.sh "$work/once.csv" "$work/once.h5" > "$work/once.txt"
head -n 1 "$work/once.csv" > "$work/many.csv"
for ((i = 0; i < times; ++i)); do tail -n +2 "$work/once.csv"; done >> "$work/many.csv"
gzip -1 -k "$work/many.csv"

TIMEFORMAT='%R %U %S'
for file in many.csv many.csv.gz; do
  cat "$work/$file" > /dev/null
  { time datasets/make_online_retail.sh "$work/$file" "$work/many.h5" > "$work/many.txt"; } 2> "$work/time"
  for what in lines events; do
    expected=$(($(count $what "$work/once.txt") * times))
    found=$(count $what "$work/many.txt")
    [ "$found" = "$expected" ] || { echo "$file: $found $what; expected $expected"; exit 1; }
  done
  for what in users items; do
    [ "$(count $what "$work/many.txt")" = "$(count $what "$work/once.txt")" ] || { echo "$file: other $what"; exit 1; }
  done
  tail -n 1 "$work/time" | awk -v file="$file" -v lines="$(count lines "$work/many.txt")" -v bytes="$(stat -c %s "$work/$file")" '{
    printf "%-12s %d lines, %.0f MB: %.2f s (%.2f M lines/s), processor %.2f s (%.2f M lines/s a core)\n",
           file, lines, bytes / 1e6, $1, lines / $1 / 1e6, $2 + $3, lines / ($2 + $3) / 1e6 }'
done
