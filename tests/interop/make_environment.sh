#!/usr/bin/env bash
# Makes what the tests of this folder read exported files with, once: a virtual environment in build/interop/venv and
# beside it two versions of XGBoost, the newest and the last of the 2 series (its build for CPUs alone, which is small).
# Does nothing where they are there already. PYTHON names the Python that makes the environment (/usr/bin/python3).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
recipe=tests/interop/make_environment.sh
environment=build/interop
# Triton's client, which carries the schema of Triton's configurations, asks for a protobuf before 7 and ml-dtypes before 0.6.
packages=(numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 pyyaml==6.0.3 protobuf==6.33.6 safetensors==0.8.0
          faiss-cpu==1.15.1 onnx==1.23.2 onnxruntime==1.32.0 treelite==4.8.1
          "tritonclient[grpc]==2.73.0" grpcio==1.85.1 python-rapidjson==1.25 ml-dtypes==0.5.4)
readers=(xgboost==3.4.1 xgboost-cpu==2.1.4)

if cmp -s "$recipe" "$environment/made-by.sh"; then
  exit 0
fi
echo "Installing ${packages[*]} ${readers[*]} into $environment"
rm -rf "$environment"
mkdir -p "$environment"
"${PYTHON:-/usr/bin/python3}" -m venv "$environment/venv"
pip=("$environment/venv/bin/pip" --quiet --disable-pip-version-check --retries 1 --timeout 60)
"${pip[@]}" install --no-compile --only-binary :all: "${packages[@]}"
for reader in "${readers[@]}"; do
  # XGBoost 3.4 asks for Python 3.12 and runs on Debian's 3.11 all the same.
  "${pip[@]}" install --no-compile --only-binary :all: --no-deps --ignore-requires-python \
    --target "$environment/xgboost-${reader#*==}" "$reader"
done
cp "$recipe" "$environment/made-by.sh"
