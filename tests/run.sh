#!/usr/bin/env bash
# Installs what the build and the tests need, builds, and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(cmake ninja-build g++ pkg-config zlib1g-dev libhdf5-dev libhwy-dev libdeflate-dev libcli11-dev
          nlohmann-json3-dev libtomlplusplus-dev liblzf-dev libxxhash-dev libgtest-dev libgmock-dev
          python3-numpy python3-h5py)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
cmake --preset cpu -DTIDEWRIGHT_WERROR=ON
cmake --build --preset cpu
ctest --preset cpu
