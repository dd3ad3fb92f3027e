#ifndef TIDEWRIGHT_TESTS_SUPPORT_RUN_CLI_H_
#define TIDEWRIGHT_TESTS_SUPPORT_RUN_CLI_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace tidewright {

struct CliResult {
  int exit_code = -1;  // 128 + signal where one ended it
  std::string out;
  std::string err;
};

// Runs the built program (or another one: argv[0] with a slash) as a user would: no shell, no
// terminal.
CliResult RunCli(const std::vector<std::string>& arguments,
                 const std::vector<std::pair<std::string, std::string>>& environment = {});
CliResult RunProgram(const std::vector<std::string>& argv,
                     const std::vector<std::pair<std::string, std::string>>& environment = {});

// The shipped table of Telco's customers.
std::string TelcoTable();
// The path of the built program, for scripts that run it.
std::string TidewrightBinary();
// Starts the built program and returns at once; both of its outputs go to the file `log`.
pid_t StartCli(const std::vector<std::string>& arguments, const std::string& log);

// A directory of the running test's own, removed afterwards.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  std::string File(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string ReadWholeFile(const std::string& path);
void WriteWholeFile(const std::string& path, const std::string& bytes);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_RUN_CLI_H_
