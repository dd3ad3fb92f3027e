#ifndef TIDEWRIGHT_TESTS_INTEROP_READERS_H_
#define TIDEWRIGHT_TESTS_INTEROP_READERS_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {

// The versions of XGBoost that tests/interop/make_environment.sh installs; one that is not there is
// left out.
std::vector<std::string> XgboostVersions();

// Why a test that wants them cannot run; empty where all of them are there. TIDEWRIGHT_INTEROP=
// require in the environment turns skipping into failing: the caller asks MustRun.
std::string MissingReaders();
bool MustRun();

// A test of what the readers say; skipped, or failed, where one is missing.
class ReadersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string missing = MissingReaders();
    if (missing.empty()) return;
    if (MustRun()) FAIL() << missing;
    GTEST_SKIP() << missing;
  }
};

struct XgboostPrediction {
  std::vector<float> margins;
  std::vector<float> probabilities;
  std::string report;  // what the reader printed, or its error where `margins` is empty
};

// rows: row-major, in the model's columns.
XgboostPrediction PredictWithXgboost(const std::string& version, const std::string& model,
                                     const std::vector<float>& rows);

// Runs a script of this folder in the environment, with the newest XGBoost.
CliResult RunReader(const std::string& script, const std::vector<std::string>& arguments);

// Runs Python code in `directory`.
CliResult RunWithXgboost(const std::string& version, const std::string& code,
                         const std::string& directory);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_INTEROP_READERS_H_
