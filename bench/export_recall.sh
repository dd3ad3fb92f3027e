#!/usr/bin/env bash
# What the best lists lose in the exports whose vectors are narrower than the model's, or whose index is no exact one: which
# part of the exact 10 and 100 best items of up to 1000 users is still found, as the model card says it, and the size of
# the file that holds the items (of safetensors the users, too).
#
#   bench/export_recall.sh DATA.h5 [FACTORS] [OPTION...]     (64 factors; options of `tidewright train ials`)
#
# HNSW is left out where the program was built without libfaiss.
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:?an event log or matrix in HDF5}
factors=${2:-64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$tidewright" train ials "$data" -o "$work/model" --factors "$factors" "${@:3}" >/dev/null 2>&1

told() {
  sed -nE "s/^  \"$1\": //p" "$work/out/README.md"
}

echo "$data, $factors factors"
echo "| export | file of the items, MB | recall@10 | recall@100 |"
echo "|---|---|---|---|"
while read -r format file options; do
  read -ra given <<<"$options"
  "$tidewright" export "$work/model" --format "$format" -o "$work/out" --overwrite "${given[@]}" 2>"$work/log" || {
    grep -q "built without libfaiss" "$work/log" || { cat "$work/log" >&2; exit 1; }
    continue
  }
  megabytes=$(awk -v bytes="$(stat -c %s "$work/out/$file")" 'BEGIN {printf "%.1f", bytes / 1e6}')
  echo "| $format $options | $megabytes | $(told recall@10) | $(told recall@100) |"
done <<'OPTIONS'
safetensors model.safetensors --precision fp16
safetensors model.safetensors --precision int8
faiss items.faiss --precision fp16
faiss items.faiss --precision int8
faiss items.faiss --index hnsw
faiss items.faiss --index hnsw --augment
OPTIONS
