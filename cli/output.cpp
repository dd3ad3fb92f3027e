#include "cli/output.h"

#include <cerrno>
#include <cstdio>

#include "host/core/errors.h"

namespace tidewright {
namespace {

[[noreturn]] void Refuse() {
  if (errno == EPIPE) throw OutputClosed{};
  throw IoError("cannot write to", "standard output", errno);
}

}  // namespace

void WriteOutput(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) Refuse();
}

void FlushOutput() {
  if (std::fflush(stdout) != 0) Refuse();
}

}  // namespace tidewright
