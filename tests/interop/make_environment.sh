#!/usr/bin/env bash
# Makes what the tests of this folder read exported files with, once: a virtual environment in build/interop/venv and
# beside it two versions of XGBoost, the newest and the last of the 2 series, without the libraries of several GPUs.
# Does nothing where they are there already. PYTHON names the Python that makes the environment (/usr/bin/python3).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
recipe=tests/interop/make_environment.sh
xgboost_versions=(3.4.1 2.1.4)
environment=build/interop

if cmp -s "$recipe" "$environment/made-by.sh"; then
  exit 0
fi
echo "Installing XGBoost ${xgboost_versions[*]} into $environment"
rm -rf "$environment"
mkdir -p "$environment"
"${PYTHON:-/usr/bin/python3}" -m venv "$environment/venv"
pip=("$environment/venv/bin/pip" --quiet --disable-pip-version-check --retries 1 --timeout 60)
"${pip[@]}" install --only-binary :all: numpy==2.4.6 scipy==1.17.1
for version in "${xgboost_versions[@]}"; do
  # XGBoost 3.4 asks for Python 3.12 and runs on Debian's 3.11 all the same.
  "${pip[@]}" install --only-binary :all: --no-deps --ignore-requires-python --no-compile \
    --target "$environment/xgboost-$version" "xgboost==$version"
done
cp "$recipe" "$environment/made-by.sh"
