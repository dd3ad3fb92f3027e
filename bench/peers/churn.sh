#!/usr/bin/env bash
# Runs XGBoost and LightGBM from PyPI and Tidewright's boosted trees in turn: the same table, threads and cores, loss,
# number of trees and leaves, bins and regularization. On the CPU, or with `speed … --device cuda` on a GPU, where LightGBM is
# left out. Both peers go into a virtual environment of their own,
# build/bench/peers-churn-venv, in the versions of churn_requirements.txt.
#
#   bench/peers/churn.sh speed   TRAIN.h5 TEST.h5 [OPTION...]  seconds and peak memory of 100 trees, AUC on TEST.h5
#   bench/peers/churn.sh quality TABLE.h5 [OPTION...]          AUC over 5 x 5 folds, settings tuned inside each
#   bench/peers/churn.sh check                                 that AUC, folds and parts of tables are what they should be
#   bench/peers/churn.sh speed --help                          every option: --leaves 64,256 --threads N ...
#
# PYTHON names the Python 3.11 or later that makes the environment (/usr/bin/python3), TIDEWRIGHT the program
# (build/cpu/bin/tidewright, with --device cuda build/cuda/bin/tidewright). The tables are what `tidewright import table` or `tidewright-synthetic table` writes:
#
#   tidewright-synthetic table --rows 1000000 --columns 28 --missing 0.05 -o train.h5
#   tidewright-synthetic table --rows 200000 --first-row 1000000 --columns 28 --missing 0.05 -o test.h5
#
# Ten million rows of 13 columns, the shape of the airline data, to depth 10 on a GPU:
#
#   tidewright-synthetic table --rows 10000000 --columns 13 -o airline.h5
#   tidewright-synthetic table --rows 200000 --first-row 10000000 --columns 13 -o airline_test.h5
#   bench/peers/churn.sh speed airline.h5 airline_test.h5 --depth 10 --device cuda
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=cli/install-deps.sh
source cli/install-deps.sh
environment=build/bench/peers-churn-venv
requirements=bench/peers/churn_requirements.txt
what=${1:?speed, quality or check}
shift

# XGBoost 3.4 asks for Python 3.12 and runs on Debian's 3.11 all the same.
python_environment "$environment" "$requirements" --ignore-requires-python
if [ "$what" = check ]; then
  exec "$environment/bin/python" bench/peers/churn_tables.py --self-check
fi
preset=cpu
case " $* " in *" --device cuda "*) preset=cuda ;; esac
exec "$environment/bin/python" "bench/peers/churn_$what.py" --tidewright "${TIDEWRIGHT:-build/$preset/bin/tidewright}" "$@"
