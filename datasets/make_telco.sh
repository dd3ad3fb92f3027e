#!/usr/bin/env bash
# Makes telco.h5 from the Telco Customer Churn CSV (plain or gzip'd):
#   datasets/make_telco.sh Telco-Customer-Churn.csv.gz [OUT.h5]
# TIDEWRIGHT names the program to use; the default is the one in build/.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
csv=${1:?usage: make_telco.sh Telco-Customer-Churn.csv[.gz] [OUT.h5]}
out=${2:-$here/telco.h5}
program=${TIDEWRIGHT:-$here/../build/cpu/bin/tidewright}

exec "$program" import table "$csv" -o "$out" --overwrite --label Churn=Yes --id customerID
