#!/usr/bin/env bash
# Runs implicit (https://github.com/benfred/implicit) from PyPI and Tidewright in turn on the CPU: the same matrix,
# objective (loss.py says how the two are made the same), cores and threads; BLAS has one thread, as implicit asks.
# implicit goes into a virtual environment of its own, build/bench/peers-venv, in the versions of requirements.txt.
#
#   bench/peers/implicit.sh epoch DATA.h5 [OPTION...]    seconds an epoch
#   bench/peers/implicit.sh loss  DATA.h5 [OPTION...]    seconds until implicit's loss after 15 iterations is reached
#   bench/peers/implicit.sh recommend DATA.h5 [OPTION...] seconds to recommend 100 items to every user
#   bench/peers/implicit.sh check                        that the evaluator of the loss and the two objectives agree
#   bench/peers/implicit.sh epoch --help                 every option: --factors 64,128,256 --threads N --ours '--solver …' …
#
# PYTHON names the Python 3.11 or later that makes the environment (python3), TIDEWRIGHT the program
# (build/cpu/bin/tidewright). DATA.h5 is what `tidewright import pairs` or `tidewright-synthetic` writes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=cli/install-deps.sh
source cli/install-deps.sh
environment=build/bench/peers-venv
requirements=bench/peers/requirements.txt
what=${1:?epoch, loss, recommend or check}
shift

PYTHON=${PYTHON:-python3} python_environment "$environment" "$requirements"
export OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
unset OPENBLAS_CORETYPE # the peer's BLAS finds its fastest kernels by itself; the output names them
if [ "$what" = check ]; then
  exec "$environment/bin/python" bench/peers/loss.py --self-check
fi
program=compare.py
[ "$what" != recommend ] || program=recommend.py
exec "$environment/bin/python" "bench/peers/$program" "$what" --tidewright "${TIDEWRIGHT:-build/cpu/bin/tidewright}" "$@"
