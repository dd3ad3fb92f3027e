// What readers say of customers with an exported classifier, beside what `tidewright score` says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "host/data/hdf5/table_file.h"
#include "tests/interop/readers.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class Classifiers : public ReadersTest {
 protected:
  void Train(const std::string& algorithm, const std::string& table,
             const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"train", algorithm, table, "-o", model_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CliResult trained = RunCli(arguments);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }

  void ExpectSame(const std::string& format, const std::string& table,
                  const std::vector<std::string>& options = {}) {
    const std::string out = dir_.File(format);
    std::vector<std::string> arguments{"export", model_, "--format",   format,
                                       "-o",     out,    "--overwrite"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CliResult exported = RunCli(arguments);
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    EXPECT_EQ(exported.err.find("calibration"), std::string::npos) << exported.err;
    const std::string scores = dir_.File("scores.ndjson");
    const CliResult scored = RunCli({"score", model_, table, "-o", scores});
    ASSERT_EQ(scored.exit_code, 0) << scored.err;
    const std::string rows = dir_.File("rows.json");
    const CliResult dumped = RunProgram(
        {"/usr/bin/python3", TIDEWRIGHT_SOURCE_DIR "/tests/interop/table_rows.py", table, rows});
    ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
    const CliResult read = RunReader("classifiers.py", {format, out, rows, scores});
    ASSERT_EQ(read.exit_code, 0) << read.out << read.err;
    EXPECT_THAT(read.out, HasSubstr("largest relative difference"));
    std::cout << read.out;
  }

  TempDirectory dir_;
  std::string model_ = dir_.File("churn");
};

std::vector<Calibrator> MadeUpCalibrators() {
  Calibrator platt;
  platt.a = 0.7;
  platt.c = -1.0 / 3.0;
  Calibrator beta = platt;
  beta.method = CalibrationMethod::kBeta;
  beta.b = 1.9;
  Calibrator isotonic;
  isotonic.method = CalibrationMethod::kIsotonic;
  isotonic.log_odds = {-1.7, -1.2, -1.0 / 7.0, 0.1};  // customers lie on both sides and between
  isotonic.probability = {0.05, 0.2, 0.2, 2.0 / 3.0};
  Calibrator constant;
  constant.method = CalibrationMethod::kIsotonic;
  constant.log_odds = {0.3};
  constant.probability = {0.26};
  return {platt, beta, isotonic, constant};
}

TEST_F(Classifiers, TreesWithMissingValuesBooleansAndCategories) {
  const std::string table = dir_.File("table.h5");
  WriteFeatureTable(table, RandomTable(3000, 1), false);
  Train("gbdt", table,
        {"--growth", "leafwise", "--max-leaves", "31", "--one-hot-max", "0", "--epochs", "60"});
  ExpectSame("onnx", table);
}

TEST_F(Classifiers, CoefficientsWithMissingValuesBooleansAndCategories) {
  const std::string table = dir_.File("table.h5");
  WriteFeatureTable(table, RandomTable(3000, 2), false);
  Train("logistic", table, {});
  ExpectSame("onnx", table);
}

TEST_F(Classifiers, ArraysAndDocumentsOfCustomersSayTheSame) {
  const std::string table = dir_.File("table.h5");
  WriteFeatureTable(table, RandomTable(2000, 3), true);
  for (const std::string algorithm : {"gbdt", "logistic"}) {
    Train(algorithm, table, {"--calibrate", "none"});
    ExpectSame("safetensors", table);
    ExpectSame("ndjson", table, {"--data", table});
  }
}

// The calibrators are made up: that a training keeps one is not what this is about.
TEST_F(Classifiers, ArraysWithEveryCalibratorSayTheSame) {
  const std::string table = dir_.File("table.h5");
  WriteFeatureTable(table, RandomTable(2000, 4), true);
  for (const std::string algorithm : {"gbdt", "logistic"}) {
    Train(algorithm, table, {"--calibrate", "none"});
    const Artifact trained = LoadArtifact(model_);
    for (const Calibrator& calibrator : MadeUpCalibrators()) {
      Artifact calibrated = trained;
      calibrated.manifest.calibration.emplace().kept = calibrator;
      calibrated.manifest.calibration->judged_by = "test";
      std::filesystem::remove_all(model_);
      std::filesystem::create_directory(model_);
      WriteArtifactFiles(model_, calibrated, {});
      ExpectSame("safetensors", table);
    }
  }
}

TEST_F(Classifiers, TelcoByEveryCalibrator) {
  for (const std::string method : {"platt", "isotonic", "beta"}) {
    Train("gbdt", TelcoTable(),
          {"--epochs", "150", "--cross-validate", "3", "--calibrate", method});
    Artifact artifact = LoadArtifact(model_);
    ASSERT_TRUE(artifact.manifest.calibration);
    EXPECT_TRUE(artifact.manifest.calibration->kept) << method;
    for (const std::string format : {"onnx", "safetensors"}) ExpectSame(format, TelcoTable());
  }
  Train("logistic", TelcoTable(), {});
  ExpectSame("onnx", TelcoTable());
}

TEST_F(Classifiers, ATritonRepositoryHoldsGraphAndTrees) {
  for (const std::string method : {"platt", "beta"}) {  // the leaves hold one, the graph both
    Train("gbdt", TelcoTable(),
          {"--epochs", "150", "--cross-validate", "3", "--calibrate", method});
    ASSERT_TRUE(LoadArtifact(model_).manifest.calibration->kept) << method;
    ExpectSame("triton", TelcoTable());
  }
  Train("logistic", TelcoTable(), {});
  ExpectSame("triton", TelcoTable());
}

// Trees that no training grew, with every kind of set, of one leaf and of none; in columns whose
// names are those of outputs and of inner values.
TEST_F(Classifiers, RandomTreesAnswerAsTheirDefinition) {
  FeatureSpec columns = TreeColumns();
  columns.columns[0].name = "probability";
  columns.columns[2].name = "log_odds";
  columns.columns[6].name = "value:0";
  for (const int64_t trees : {0, 1, 2, 100}) {
    const TreeEnsemble model = RandomTrees(trees, 7, 5, columns);
    std::filesystem::remove_all(model_);
    std::filesystem::create_directory(model_);
    WriteArtifactFiles(model_, TreeArtifact(model, columns), {});
    FeatureTable table;
    table.rows = 500;
    table.columns.resize(columns.columns.size());
    const std::vector<float> rows = RandomRows(model, columns, table.rows, 5);
    for (size_t column = 0; column < columns.columns.size(); ++column) {
      FeatureColumn& filled = table.columns[column];
      filled.description = columns.columns[column];
      const auto known = static_cast<float>(filled.description.categories.size());
      for (int64_t row = 0; row < table.rows; ++row) {
        const float value = rows[row * columns.columns.size() + column];
        const bool unknown = filled.description.kind == FeatureKind::kCategory && value >= known;
        filled.values.push_back(unknown ? kMissing : value);
      }
    }
    const std::string path = dir_.File("rows.h5");
    WriteFeatureTable(path, table, true);
    ExpectSame("onnx", path);
  }
}

}  // namespace
}  // namespace tidewright
