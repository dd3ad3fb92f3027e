#!/usr/bin/env bash
# Installs what the build and the tests need, builds, and runs every test. Ends in ctest's closing lines.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cli/install-deps.sh
source cli/install-deps.sh

install_packages "build" "${BUILD_PACKAGES[@]}"
install_packages "tests" "${TEST_PACKAGES[@]}"
bash tests/interop/make_environment.sh ||
  echo "Without it the tests of exported files are skipped (they fail where TIDEWRIGHT_INTEROP=require)"
use_ccache
cmake --preset cpu -DTIDEWRIGHT_WERROR=ON -DTIDEWRIGHT_TESTS=ON -DTIDEWRIGHT_BENCH=ON
cmake --build --preset cpu

# ctest lists what failed or was skipped after its closing lines: hold those back to the end.
ctest --preset cpu --no-label-summary -j "$(nproc)" | awk '
  /tests passed, [0-9]+ tests? failed out of/ || /^Total Test time/ { closing = closing "\n" $0; next }
  /./ { print; fflush() }
  END { print closing }'
