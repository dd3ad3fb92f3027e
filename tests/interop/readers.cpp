#include "tests/interop/readers.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

const char* const kXgboostVersions[] = {"3.4.1", "2.1.4"};

std::string EnvironmentPath(const std::string& name) {
  return std::string(TIDEWRIGHT_SOURCE_DIR) + "/build/interop/" + name;
}

std::vector<std::pair<std::string, std::string>> VariablesFor(const std::string& version) {
  return {{"PYTHONPATH", EnvironmentPath("xgboost-" + version)}, {"OMP_NUM_THREADS", "2"}};
}

}  // namespace

std::vector<std::string> XgboostVersions() {
  std::vector<std::string> versions;
  for (const char* version : kXgboostVersions) {
    if (std::filesystem::exists(EnvironmentPath(std::string("xgboost-") + version))) {
      versions.emplace_back(version);
    }
  }
  return versions;
}

std::string MissingReaders() {
  const bool made = std::filesystem::exists(EnvironmentPath("made-by.sh"));
  if (made && XgboostVersions().size() == std::size(kXgboostVersions)) return "";
  return "the readers are not installed for the tests: tests/interop/make_environment.sh does it";
}

bool MustRun() {
  const char* wish = std::getenv("TIDEWRIGHT_INTEROP");
  return wish != nullptr && std::string(wish) == "require";
}

XgboostPrediction PredictWithXgboost(const std::string& version, const std::string& model,
                                     const std::vector<float>& rows) {
  const TempDirectory files;
  std::string bytes(rows.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), rows.data(), bytes.size());
  WriteWholeFile(files.File("rows.f32"), bytes);
  const CliResult run =
      RunProgram({EnvironmentPath("venv/bin/python"),
                  std::string(TIDEWRIGHT_SOURCE_DIR) + "/tests/interop/xgboost_predict.py", model,
                  files.File("rows.f32"), files.File("predicted.f32")},
                 VariablesFor(version));
  XgboostPrediction prediction;
  prediction.report = run.out + run.err;
  if (run.exit_code != 0) return prediction;
  const std::string out = ReadWholeFile(files.File("predicted.f32"));
  std::vector<float> numbers(out.size() / sizeof(float));
  std::memcpy(numbers.data(), out.data(), numbers.size() * sizeof(float));
  const auto half = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  prediction.margins.assign(numbers.begin(), half);
  prediction.probabilities.assign(half, numbers.end());
  return prediction;
}

CliResult RunReader(const std::string& script, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{EnvironmentPath("venv/bin/python"),
                                std::string(TIDEWRIGHT_SOURCE_DIR) + "/tests/interop/" + script};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return RunProgram(argv, VariablesFor(kXgboostVersions[0]));
}

CliResult RunWithXgboost(const std::string& version, const std::string& code,
                         const std::string& directory) {
  // The code opens files by name, so that it must stand where they are.
  return RunProgram({EnvironmentPath("venv/bin/python"), "-c",
                     "import os, sys; os.chdir(sys.argv[1]); exec(sys.argv[2])", directory, code},
                    VariablesFor(version));
}

}  // namespace tidewright
