#include "tests/support/run_cli.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tidewright {

namespace {

pid_t Start(const std::vector<std::string>& argv, const std::string& out_path,
            const std::string& err_path,
            const std::vector<std::pair<std::string, std::string>>& environment) {
  std::vector<char*> raw;
  for (const std::string& argument : argv) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    const int in = open("/dev/null", O_RDONLY);
    const int out = open(out_path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    const int err = open(err_path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execvp(raw[0], raw.data());
    _exit(127);
  }
  return child;
}

}  // namespace

std::string TelcoTable() { return TIDEWRIGHT_SOURCE_DIR "/datasets/telco.h5"; }

std::string TidewrightBinary() { return TIDEWRIGHT_BINARY; }

CliResult RunCli(const std::vector<std::string>& arguments,
                 const std::vector<std::pair<std::string, std::string>>& environment) {
  std::vector<std::string> argv{TidewrightBinary()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return RunProgram(argv, environment);
}

CliResult RunProgram(const std::vector<std::string>& argv,
                     const std::vector<std::pair<std::string, std::string>>& environment) {
  const TempDirectory capture;
  const pid_t child = Start(argv, capture.File("out"), capture.File("err"), environment);
  int status = 0;
  waitpid(child, &status, 0);
  CliResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = ReadWholeFile(capture.File("out"));
  result.err = ReadWholeFile(capture.File("err"));
  return result;
}

pid_t StartCli(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> argv{TidewrightBinary()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return Start(argv, log, log, {});
}

TempDirectory::TempDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tidewright_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteWholeFile(const std::string& path, const std::string& bytes) {
  // Truncating an old file makes ext4 flush the new one, which takes milliseconds.
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace tidewright
