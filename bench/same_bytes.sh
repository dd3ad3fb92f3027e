#!/usr/bin/env bash
# Shows that a run's bytes do not depend on anything but its command: two runs, 1, 2 and 8 threads, and a run that is
# stopped by SIGTERM again and again and resumed. Compares every file of the artifacts but run.json.
#
#   bench/same_bytes.sh [DATA.h5]      (default: the shipped Online Retail log)
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
data=${1:-datasets/online_retail.h5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

options=(--factors 64 --epochs 40 --seed 7)
train() { # DIR, options…
  local directory=$1
  shift
  "$tidewright" train ials "$data" -o "$directory" "${options[@]}" "$@" >/dev/null 2>>"$work/log"
}
digest() { (cd "$1" && find . -type f ! -name run.json -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16); }

train "$work/first" --threads 2
expected=$(digest "$work/first")
echo "data                          $data"
echo "first run, 2 threads          $expected"
status=0
check() { # label, DIR
  local got
  got=$(digest "$2")
  printf '%-29s %s %s\n' "$1" "$got" "$([ "$got" = "$expected" ] && echo same || echo DIFFERENT)"
  [ "$got" = "$expected" ] || status=1
}
train "$work/second" --threads 2
check "second run, 2 threads" "$work/second"
train "$work/one" --threads 1
check "1 thread" "$work/one"
train "$work/eight" --threads 8
check "8 threads" "$work/eight"

stops=0
resume=()
while :; do
  "$tidewright" train ials "$data" -o "$work/stopped" "${options[@]}" --threads 2 "${resume[@]}" \
    >/dev/null 2>>"$work/log" &
  run=$!
  sleep "0.$((RANDOM % 3 + 1))"
  kill -TERM "$run" 2>/dev/null || true
  code=0
  wait "$run" || code=$?
  if [ "$code" -eq 0 ]; then break; fi
  if [ "$code" -eq 75 ]; then
    stops=$((stops + 1))
    resume=(--resume)
  elif [ "$code" -ne 143 ]; then # 143: the signal came before the program could handle it
    echo "train ended with exit code $code"
    tail -n 3 "$work/log"
    exit 1
  fi
  if [ "$stops" -ge 5 ]; then
    train "$work/stopped" --threads 2 "${resume[@]}"
    break
  fi
done
check "$stops times SIGTERM, --resume" "$work/stopped"
exit "$status"
