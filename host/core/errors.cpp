#include "host/core/errors.h"

#include <cstring>

namespace tidewright {
namespace {

std::string Describe(const DataLocation& where, const std::string& what,
                     const std::string& expected) {
  std::string line = where.file;
  if (!where.dataset.empty()) line += ": " + where.dataset;
  if (where.row) line += " row " + std::to_string(*where.row);
  line += ": " + what;
  if (!expected.empty()) line += "; expected " + expected;
  return line;
}

}  // namespace

DataError::DataError(const DataLocation& where, const std::string& what,
                     const std::string& expected)
    : Error(ExitCode::kBadData, Describe(where, what, expected)) {}

IoError::IoError(const std::string& action, const std::string& path, int error_number)
    : Error(ExitCode::kIo, action + " " + path + ": " + std::strerror(error_number)) {}

}  // namespace tidewright
