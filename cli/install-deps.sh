# shellcheck shell=bash
# What Tidewright needs from Debian 12, in one place. Sourced by cli/quickstart.sh, tests/run.sh and .ci/run.
# shellcheck disable=SC2034  # the lists are for the scripts that source this file

BUILD_PACKAGES=(cmake ninja-build g++ pkg-config zlib1g-dev libhdf5-dev libhwy-dev libdeflate-dev liblzf-dev
                libxxhash-dev libssl-dev libopenblas-dev libcli11-dev nlohmann-json3-dev libtomlplusplus-dev)
TEST_PACKAGES=(libgtest-dev libgmock-dev python3-numpy python3-h5py python3-venv)
CHECK_PACKAGES=(ccache clang-format shellcheck python3-yaml libfaiss-dev)
CUDA_WHEEL_PACKAGES=(python3-venv)

# install_packages PURPOSE PACKAGE...: installs those that are missing and names them; does nothing where all are there.
install_packages() {
  local purpose=$1 package missing=() as_root=()
  shift
  if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system: install the counterparts of these yourself ($purpose): $*"
    return 0
  fi
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Installing with apt-get ($purpose): ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "error: this needs root and there is no sudo; run as root: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# python_environment FOLDER REQUIREMENTS [OPTION OF PIP...]: a virtual environment of these packages, made anew only where
# the requirements have changed. PYTHON names the Python that makes it.
python_environment() {
  local folder=$1 requirements=$2
  shift 2
  if cmp -s "$requirements" "$folder/installed.txt"; then return 0; fi
  echo "Installing $(head -n 2 "$requirements" | paste -sd ' ') into $folder" >&2
  "${PYTHON:-/usr/bin/python3}" -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$@" -r "$requirements"
  cp "$requirements" "$folder/installed.txt"
}

# Compiles through ccache where there is one.
use_ccache() {
  if command -v ccache >/dev/null; then
    # One build folder's compilations serve another's.
    export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD} CCACHE_NOHASHDIR=1
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  fi
}
