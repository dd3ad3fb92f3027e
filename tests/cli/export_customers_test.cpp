// export --format ndjson of a churn model: a document a customer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "host/core/id_hash.h"
#include "host/data/hdf5/table_file.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class ExportCustomers : public ::testing::Test {
 protected:
  void SetUp() override { WriteFeatureTable(data_, RandomTable(300, 1), true); }

  void Train(const std::string& algorithm, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"train", algorithm, data_, "-o", model_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const CliResult trained = RunCli(arguments);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  CliResult Export(const std::vector<std::string>& more, const std::string& format = "ndjson") {
    std::vector<std::string> arguments{"export", model_, "--format", format, "-o", out_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }
  std::vector<Json> Read(const std::string& name) {
    std::vector<Json> lines;
    for (const std::string& line : Lines(ReadWholeFile(out_ + "/" + name))) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }

  TempDirectory dir_;
  std::string data_ = dir_.File("table.h5");
  std::string model_ = dir_.File("model");
  std::string out_ = dir_.File("out");
};

TEST_F(ExportCustomers, HasAProbabilityAndReasonsThatAddUp) {
  for (const std::string algorithm : {"gbdt", "logistic"}) {
    Train(algorithm);
    ASSERT_EQ(Export({"--data", data_, "--overwrite"}).exit_code, 0);
    const std::vector<Json> customers = Read("customers.ndjson");
    const std::vector<std::string> scores = Lines(RunCli({"score", model_, data_}).out);
    ASSERT_EQ(customers.size(), 300u);
    ASSERT_EQ(scores.size(), customers.size());
    for (size_t row = 0; row < customers.size(); ++row) {
      const Json& customer = customers[row];
      const Json score = Json::parse(scores[row]);
      EXPECT_EQ(customer["id"], score["id"]);
      EXPECT_EQ(customer["probability"], score["probability"]);
      ASSERT_LE(customer["reasons"].size(), 5u);
      double sum = customer["base_log_odds"].get<double>();
      double before = INFINITY;
      for (const Json& reason : customer["reasons"]) {
        const double part = reason["log_odds"].get<double>();
        EXPECT_LE(std::abs(part), before);
        before = std::abs(part);
        sum += part;
      }
      sum += customer["other_log_odds"].get<double>();
      EXPECT_NEAR(sum, customer["log_odds"].get<double>(), 1e-5);
    }
    const std::string card = ReadWholeFile(out_ + "/README.md");
    EXPECT_THAT(card, HasSubstr("| `customers.ndjson` |"));
    EXPECT_THAT(card, HasSubstr("300 customers, of data with the fingerprint"));
  }
}

TEST_F(ExportCustomers, TellsWhatExplainTells) {
  Train("gbdt");
  ASSERT_EQ(Export({"--data", data_, "--reasons", "1000"}).exit_code, 0);
  const Json customer = Read("customers.ndjson")[7];
  const CliResult explained = RunCli(
      {"explain", model_, "--id", customer["id"].get<std::string>(), "--data", data_, "--json"});
  ASSERT_EQ(explained.exit_code, 0) << explained.err;
  const Json row = Json::parse(explained.out)["rows"][0];
  ASSERT_EQ(customer["reasons"].size(), row["reasons"].size());
  for (size_t at = 0; at < row["reasons"].size(); ++at) {
    for (const char* key : {"column", "value", "log_odds"}) {
      EXPECT_EQ(customer["reasons"][at][key], row["reasons"][at][key]) << at << " " << key;
    }
  }
  EXPECT_EQ(customer["other_log_odds"], 0);
}

TEST_F(ExportCustomers, EnginesGetDocumentsWhoseFieldsHaveOneType) {
  Train("gbdt", {"--epochs", "10"});
  const std::string salt = "salt";
  ASSERT_EQ(Export({"--data", data_, "--hash-ids", salt, "--reasons", "20"}).exit_code, 0);
  const std::vector<Json> customers = Read("customers.ndjson");
  const std::vector<Json> bulk = Read("bulk.ndjson");
  const std::vector<Json> puts = Read("vespa.jsonl");
  const std::vector<std::string> scores = Lines(RunCli({"score", model_, data_}).out);
  ASSERT_EQ(bulk.size(), 2 * customers.size());
  ASSERT_EQ(puts.size(), customers.size());
  bool missing = false;
  for (size_t row = 0; row < customers.size(); ++row) {
    const std::string id = customers[row]["id"];
    EXPECT_EQ(id, HashedId(IdKind::kUser, Json::parse(scores[row])["id"].get<std::string>(), salt));
    EXPECT_EQ(bulk[2 * row], Json({{"index", {{"_id", id}}}}));
    EXPECT_EQ(puts[row]["put"], "id:customer:customer::" + id);
    EXPECT_EQ(puts[row]["fields"], bulk[2 * row + 1]);
    EXPECT_EQ(bulk[2 * row + 1]["probability"], customers[row]["probability"]);
    for (const Json& reason : bulk[2 * row + 1]["reasons"]) {
      if (reason.contains("value")) {
        EXPECT_TRUE(reason["value"].is_string());
      } else {
        missing = true;
      }
    }
  }
  EXPECT_TRUE(missing);
}

TEST_F(ExportCustomers, WithoutDataOrWithDataOfNoUseIsRefused) {
  Train("logistic");
  const auto expect_refused = [&](const CliResult& refused, const std::string& why) {
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr(why));
    EXPECT_EQ(Lines(refused.err).size(), 1u) << refused.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  };
  expect_refused(Export({}), "--data FILE.h5");
  expect_refused(Export({"--data", data_}, "onnx"), "--data and --at are for formats that hold");
  expect_refused(RunCli({"train", "logistic", data_, "-o", out_, "--export", "ndjson"}),
                 "--data FILE.h5");
}

TEST_F(ExportCustomers, TwoRowsOfOneIdAreRefused) {
  Train("logistic");
  FeatureTable table = RandomTable(10, 2);
  table.ids = IdTable();
  for (int row = 0; row < 10; ++row) table.ids.Add(row == 6 ? "c2" : "c" + std::to_string(row));
  table.group = {0, 1, 2, 3, 4, 5, 2, 7, 8, 9};
  const std::string path = dir_.File("twice.h5");
  WriteFeatureTable(path, table, true);
  const CliResult refused = Export({"--data", path});
  EXPECT_EQ(refused.exit_code, 3) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("row 6 has the id of row 2"));
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace tidewright
