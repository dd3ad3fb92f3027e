#ifndef TIDEWRIGHT_HOST_CORE_ERRORS_H_
#define TIDEWRIGHT_HOST_CORE_ERRORS_H_

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace tidewright {

// What the process returns. Scripts rely on these numbers.
enum class ExitCode : int {
  kDone = 0,
  kUsage = 2,        // usage or configuration
  kBadData = 3,      // the data is malformed
  kDevice = 4,       // device or memory
  kIo = 5,           // files
  kDiverged = 6,     // the loss is no longer finite
  kRequirement = 7,  // a required metric was not reached
  kPreempted = 75,   // stopped by a signal; --resume continues
};

// An error is one clear line: what was wrong, where, what was expected and what to do. It is thrown
// where it is found and caught once, in cli/main.cpp, which prints what() and returns exit_code().
class Error : public std::runtime_error {
 public:
  Error(ExitCode exit_code, const std::string& message)
      : std::runtime_error(message), exit_code_(exit_code) {}
  ExitCode exit_code() const { return exit_code_; }

 private:
  ExitCode exit_code_;
};

class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(ExitCode::kUsage, message) {}
};

// Where in the input the fault lies; rows count from 0.
struct DataLocation {
  std::string file;
  std::string dataset;
  std::optional<int64_t> row;
};

class DataError : public Error {
 public:
  explicit DataError(const std::string& message) : Error(ExitCode::kBadData, message) {}
  // "FILE: /events/user row 17: <what>; expected <expected>"
  DataError(const DataLocation& where, const std::string& what, const std::string& expected);
};

class DeviceError : public Error {
 public:
  explicit DeviceError(const std::string& message) : Error(ExitCode::kDevice, message) {}
};

class IoError : public Error {
 public:
  explicit IoError(const std::string& message) : Error(ExitCode::kIo, message) {}
  // "<action> PATH: <strerror(error_number)>"
  IoError(const std::string& action, const std::string& path, int error_number);
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ERRORS_H_
