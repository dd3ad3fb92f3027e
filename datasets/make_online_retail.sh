#!/usr/bin/env bash
# Makes online_retail.h5 from the Online Retail CSV (plain or gzip'd):
#   datasets/make_online_retail.sh online_retail.csv.gz [OUT.h5]
# TIDEWRIGHT names the program to use; the default is the one in build/.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
csv=${1:?usage: make_online_retail.sh online_retail.csv[.gz] [OUT.h5]}
out=${2:-$here/online_retail.h5}
program=${TIDEWRIGHT:-$here/../build/cpu/bin/tidewright}

# A product's stock code begins with five digits; postage, fees, discounts and manual corrections
# have others.
exec "$program" import csv "$csv" -o "$out" --overwrite \
  --user CustomerID --item StockCode --timestamp InvoiceDate \
  --default-signal purchase --signal-rule 'cancel: InvoiceNo starts with C' \
  --signal-weight purchase=1 --signal-weight cancel=-1 \
  --value Quantity --value-abs --keep UnitPrice=price \
  --item-column Description=title \
  --drop-rule 'StockCode not matches #####*'
