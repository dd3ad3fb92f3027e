# shellcheck shell=bash
# Sourced by .ci/run. use_cuda_toolkit exports CUDACXX: the nvcc of this machine where it is of version 13, else one of
# NVIDIA's wheels in a virtual environment under build/ (no driver and no GPU needed to compile).

# The packages of one minor version belong together: a newer nvvm beside this nvcc does not work.
CUDA_WHEELS=('nvidia-cuda-nvcc==13.0.*' 'nvidia-cuda-crt==13.0.*' 'nvidia-nvvm==13.0.*' 'nvidia-cuda-runtime==13.0.*'
             'nvidia-cuda-cccl==13.0.*' 'nvidia-cuda-nvrtc==13.0.*' 'nvidia-cublas==13.1.*')

is_nvcc_13() {
  "$1" --version 2>/dev/null | grep -q 'release 13\.'
}

# install_cuda_wheels FOLDER: the wheels lay the toolkit out for run-time use; the links make it one that compiles.
install_cuda_wheels() {
  local venv=$1 root library
  install_packages "CUDA wheels" "${CUDA_WHEEL_PACKAGES[@]}"
  echo "Installing with pip into $venv: ${CUDA_WHEELS[*]}"
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --no-input --disable-pip-version-check "${CUDA_WHEELS[@]}"
  root=$(echo "$venv"/lib/python3*/site-packages/nvidia/cu13)
  ln -sfn lib "$root/lib64"
  mkdir -p "$root/targets/x86_64-linux"
  ln -sfn ../../include "$root/targets/x86_64-linux/include"
  ln -sfn ../../lib "$root/targets/x86_64-linux/lib"
  for library in "$root"/lib/*.so.13; do
    ln -sfn "$(basename "$library")" "${library%.13}"
  done
  ln -sfn "$root" "$venv/toolkit"
}

use_cuda_toolkit() {
  local venv=$PWD/build/cuda-toolkit candidate
  for candidate in "${CUDACXX:-}" "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc "$venv/toolkit/bin/nvcc"; do
    if [ -n "$candidate" ] && is_nvcc_13 "$candidate"; then
      export CUDACXX=$candidate
      return 0
    fi
  done
  install_cuda_wheels "$venv"
  if ! is_nvcc_13 "$venv/toolkit/bin/nvcc"; then
    echo "error: no working nvcc 13 in $venv; install the CUDA toolkit 13 and put its nvcc on PATH" >&2
    return 1
  fi
  export CUDACXX=$venv/toolkit/bin/nvcc
}
