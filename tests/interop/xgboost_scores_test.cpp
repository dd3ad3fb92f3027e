// What XGBoost says of customers, beside what `tidewright score` says of them.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "host/core/random.h"
#include "host/data/hdf5/table_file.h"
#include "host/model/artifact.h"
#include "tests/interop/readers.h"
#include "tests/support/export_page.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

class XgboostScores : public ReadersTest {
 protected:
  void Train(const std::string& table, const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"train", "gbdt", table, "-o", model_, "--export", "xgboost"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CliResult result = RunCli(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  std::vector<double> Scores(const std::string& table) {
    std::istringstream lines(RunCli({"score", model_, table}).out);
    std::vector<double> scores;
    for (std::string line; std::getline(lines, line);) {
      scores.push_back(nlohmann::json::parse(line)["probability"]);
    }
    return scores;
  }

  // Every row of the table, by both versions, within 1e-6.
  void ExpectSameScores(const std::string& path) {
    const std::vector<double> scores = Scores(path);
    const FeatureTable table =
        MatchTable(*LoadArtifact(model_).manifest.features, ReadFeatureTable(path), nullptr);
    ASSERT_EQ(static_cast<int64_t>(scores.size()), table.rows);
    std::vector<float> rows;
    for (int64_t row = 0; row < table.rows; ++row) {
      for (const FeatureColumn& column : table.columns) rows.push_back(column.values[row]);
    }
    for (const std::string& version : XgboostVersions()) {
      const XgboostPrediction seen = PredictWithXgboost(version, model_ + ".xgboost.json", rows);
      ASSERT_EQ(seen.probabilities.size(), scores.size()) << seen.report;
      double largest = 0;
      for (size_t row = 0; row < scores.size(); ++row) {
        largest = std::max(largest, std::abs(seen.probabilities[row] - scores[row]));
      }
      EXPECT_LE(largest, 1e-6);
      std::cout << "largest difference " << largest << ", " << seen.report;
    }
  }

  TempDirectory dir_;
  std::string model_ = dir_.File("churn");
};

TEST_F(XgboostScores, OfATableWithMissingValuesBooleansAndCategories) {
  const std::string table = dir_.File("table.h5");
  WriteFeatureTable(table, RandomTable(3000, 1), false);
  Train(table, {"--growth", "leafwise", "--max-leaves", "31", "--one-hot-max", "0"});
  ExpectSameScores(table);
}

TEST_F(XgboostScores, OfTelco) {
  Train(TelcoTable(), {"--epochs", "200"});
  ExpectSameScores(TelcoTable());
}

TEST_F(XgboostScores, OfTelcoCalibratedByPlatt) {
  Train(TelcoTable(), {"--epochs", "200", "--cross-validate", "3", "--calibrate", "platt"});
  const auto calibration = LoadArtifact(model_).manifest.calibration;
  ASSERT_TRUE(calibration && calibration->kept);
  ASSERT_GT(std::abs(calibration->kept->a - 1), 0.05);  // else it shows nothing
  ExpectSameScores(TelcoTable());
}

TEST_F(XgboostScores, OfTelcoWithMissingValuesInEveryColumn) {
  FeatureTable blanked = ReadFeatureTable(TelcoTable());
  for (size_t column = 0; column < blanked.columns.size(); ++column) {
    for (int64_t row = 0; row < blanked.rows; ++row) {
      const uint32_t draw = Philox(1, column, static_cast<uint64_t>(row)).word[0];
      if (draw % 7 == 0) blanked.columns[column].values[row] = kMissing;
    }
  }
  const std::string table = dir_.File("blanked.h5");
  WriteFeatureTable(table, blanked, true);
  const std::vector<std::string> trees = {"--epochs",     "200", "--max-depth", "0",
                                          "--max-leaves", "64",  "--growth",    "leafwise"};
  Train(table, trees);
  ExpectSameScores(table);
  std::vector<std::string> calibrated = trees;
  calibrated.insert(calibrated.end(), {"--cross-validate", "3", "--calibrate", "platt"});
  Train(table, calibrated);
  ASSERT_TRUE(LoadArtifact(model_).manifest.calibration->kept);
  ExpectSameScores(table);
}

std::string CsvField(const FeatureColumn& column, int64_t row) {
  const float value = column.values[row];
  if (std::isnan(value)) return "";
  switch (column.description.kind) {
    case FeatureKind::kCategory:
      return "\"" + column.description.categories[static_cast<size_t>(value)] + "\"";
    case FeatureKind::kBoolean:
      return value == 1 ? "Yes" : "No";
    case FeatureKind::kNumber:
      break;
  }
  std::ostringstream text;
  text.precision(9);
  text << value;
  return text.str();
}

// The Python of host/export/README.md on this format, with the name of a model's file.
std::string CodeOfThePage(const std::string& model) {
  const std::string name = "churn.xgboost.json";
  for (const PageBlock& block : BlocksOfPage("xgboost")) {
    if (block.language != "python") continue;
    std::string code = block.text;
    return code.replace(code.find(name), name.size(), model);
  }
  throw std::runtime_error("no Python in the section");
}

TEST_F(XgboostScores, OfCustomersInACsvByTheCodeOfThePage) {
  Train(TelcoTable(), {});
  const FeatureTable table = ReadFeatureTable(TelcoTable());
  std::ofstream csv(dir_.File("customers.csv"));
  csv << "customerID";
  for (const FeatureColumn& column : table.columns) csv << "," << column.description.name;
  for (int64_t row = 0; row < table.rows; ++row) {
    csv << "\n" << table.ids[row];
    for (const FeatureColumn& column : table.columns) csv << "," << CsvField(column, row);
  }
  csv.close();
  const std::vector<double> scores = Scores(TelcoTable());
  const std::string ubj = "churn.xgboost.ubj";
  const CliResult exported =
      RunCli({"export", model_, "--format", "xgboost-ubj", "-o", dir_.File(ubj)});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  std::vector<std::pair<std::string, std::string>> runs;
  for (const std::string& version : XgboostVersions()) {
    runs.emplace_back(version, "churn.xgboost.json");
    runs.emplace_back(version, ubj);
  }
  for (const auto& [version, model] : runs) {
    const CliResult result = RunWithXgboost(version, CodeOfThePage(model), dir_.path());
    ASSERT_EQ(result.exit_code, 0) << result.err;
    std::istringstream lines(result.out);
    std::string id;
    std::string label;
    double probability = 0;
    for (int64_t row = 0; row < table.rows; ++row) {
      ASSERT_TRUE(lines >> id >> probability >> label) << result.out;
      ASSERT_EQ(id, table.ids[row]);
      ASSERT_EQ(label, "Churn=Yes");
      ASSERT_NEAR(probability, scores[static_cast<size_t>(row)], 1.5e-6);  // printed to 6 places
    }
  }
}

}  // namespace
}  // namespace tidewright
