#!/usr/bin/env bash
# BG/NBD: the four numbers of the CDNOW sample against those of Fader, Hardie and Lee (2005), and the time that made-up
# customers take, from the log to the parameters.
#
#   bench/bgnbd.sh DATA_DIR [CUSTOMERS]
#
# DATA_DIR holds cdnow/CDNOW_sample.txt.gz; CUSTOMERS is 1000000 where not given. TIDEWRIGHT names the program
# (build/cpu/bin/tidewright). Exits 1 where a parameter of CDNOW differs in its third digit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${TIDEWRIGHT:-build/cpu/bin/tidewright}
synthetic=${SYNTHETIC:-build/cpu/bin/tidewright-synthetic}
data=${1:?the directory with cdnow}
customers=${2:-1000000}
work=build/bench/bgnbd
mkdir -p "$work"

# Customers by their number in the sample.
{
  echo user,item,date,dollars
  gzip -dc "$data/cdnow/CDNOW_sample.txt.gz" |
    awk '$1 + 0 > 0 {print $2 ",cd," substr($3, 1, 4) "-" substr($3, 5, 2) "-" substr($3, 7, 2) "," $5}'
} > "$work/sample.csv"
"$program" import csv "$work/sample.csv" -o "$work/sample.h5" --overwrite --user user --item item --timestamp date \
  --value dollars > /dev/null

echo 'CDNOW sample, 39 weeks to 1997-09-30; published: r .243, alpha 4.414, a .793, b 2.426'
"$program" train bgnbd "$work/sample.h5" -o "$work/sample" --cutoff 1997-09-30 2> "$work/sample.log" | tee "$work/sample.txt"
grep fitted "$work/sample.log"
failed=0
for pair in r:0.243 alpha:4.414 a:0.793 b:2.426; do
  found=$(awk -v name="${pair%:*}" '$1 == name {print $2}' "$work/sample.txt")
  awk -v found="$found" -v published="${pair#*:}" 'BEGIN {d = found - published; exit !(d < .0005 && d > -.0005)}' || {
    echo "${pair%:*} is $found, published ${pair#*:}"
    failed=1
  }
done
echo
"$program" evaluate "$work/sample" "$work/sample.h5" | sed -n '1,/^auc of/p'

for merge in 1d 0d; do
  log=$work/made_up_$customers.h5
  [ -e "$log" ] || "$synthetic" customers --customers "$customers" --seed 1 -o "$log"
  printf '\n%s made-up customers (r .243, alpha 4.414, a .793, b 2.426), --merge %s\n' "$customers" "$merge"
  begin=$(date +%s.%N)
  "$program" train bgnbd "$log" -o "$work/made_up" --merge "$merge" 2> "$work/made_up.log"
  grep -E 'histories|fitted' "$work/made_up.log"
  awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN {printf "file to artifact: %.2f s\n", b - a}'
done
begin=$(date +%s.%N)
"$program" score "$work/made_up" "$log" --at latest --within 90d -o "$work/scores.h5" 2> /dev/null
awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN {printf "scored for 90 days: %.2f s\n", b - a}'
exit "$failed"
