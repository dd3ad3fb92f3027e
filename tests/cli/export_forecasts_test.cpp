// export --format ndjson of the models that read an event log alone: BG/NBD and hazard.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/core/id_hash.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ForecastJson = nlohmann::json;

class ExportForecasts : public ::testing::Test {
 protected:
  // A year of customers, some of whom leave.
  void SetUp() override {
    const CliResult made = RunProgram({TidewrightBinary() + "-synthetic", "customers",
                                       "--customers", "400", "--seed", "5", "-o", log_});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  void Train(std::vector<std::string> command) {
    command.insert(command.begin(), "train");
    command.insert(command.end(), {log_, "-o", model_, "--device", "cpu"});
    const CliResult trained = RunCli(command);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  CliResult Export(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"export", model_, "--format", "ndjson", "-o", out_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }
  static std::vector<ForecastJson> Parsed(const std::string& text) {
    std::vector<ForecastJson> lines;
    for (const std::string& line : Lines(text)) lines.push_back(ForecastJson::parse(line));
    return lines;
  }
  std::vector<ForecastJson> Read(const std::string& name) {
    return Parsed(ReadWholeFile(out_ + "/" + name));
  }
  // The lines are what `score` says with these options, field by field, under hashed ids; the
  // engines' documents hold the same.
  void ExpectScores(const std::vector<ForecastJson>& customers,
                    const std::vector<std::string>& options) {
    std::vector<std::string> command{"score", model_, log_};
    command.insert(command.end(), options.begin(), options.end());
    const std::vector<ForecastJson> scores = Parsed(RunCli(command).out);
    ASSERT_EQ(customers.size(), scores.size());
    const std::vector<ForecastJson> bulk = Read("bulk.ndjson");
    const std::vector<ForecastJson> puts = Read("vespa.jsonl");
    ASSERT_EQ(bulk.size(), 2 * scores.size());
    ASSERT_EQ(puts.size(), scores.size());
    for (size_t row = 0; row < scores.size(); ++row) {
      const std::string id = HashedId(IdKind::kUser, scores[row]["id"].get<std::string>(), "salt");
      for (const auto& [name, value] : scores[row].items()) {
        if (name == "id") continue;
        EXPECT_EQ(customers[row][name], value) << name;
      }
      EXPECT_EQ(customers[row]["id"], id);
      EXPECT_EQ(bulk[2 * row]["index"]["_id"], id);
      EXPECT_EQ(bulk[2 * row + 1]["probability"], scores[row]["probability"]);
      EXPECT_EQ(puts[row]["put"], "id:customer:customer::" + id);
      EXPECT_EQ(puts[row]["fields"], bulk[2 * row + 1]);
    }
  }

  TempDirectory dir_;
  std::string log_ = dir_.File("log.h5");
  std::string model_ = dir_.File("model");
  std::string out_ = dir_.File("out");
};

TEST_F(ExportForecasts, OfBgnbdAreWhatScoreSays) {
  Train({"bgnbd", "--cutoff", "2020-09-01"});
  const CliResult exported =
      Export({"--data", log_, "--at", "2020-09-01", "--within", "60d", "--hash-ids", "salt"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const std::vector<ForecastJson> customers = Read("customers.ndjson");
  ExpectScores(customers, {"--at", "2020-09-01", "--within", "60d"});
  EXPECT_EQ(customers[0]["label"], "churn in 60d");
  EXPECT_TRUE(customers[0].contains("p_alive"));
  const std::string card = ReadWholeFile(out_ + "/README.md");
  EXPECT_THAT(card, HasSubstr("400 customers, as of `2020-09-01`"));
  EXPECT_THAT(card, HasSubstr("tags: [churn, tidewright]"));
  EXPECT_THAT(card, HasSubstr("# bgnbd: probability of no event in a span of time"));

  const auto expect_refused = [&](const std::vector<std::string>& options, const char* why) {
    std::filesystem::remove_all(out_);
    const CliResult refused = Export(options);
    EXPECT_EQ(refused.exit_code, 2) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(why));
    EXPECT_EQ(Lines(refused.err).size(), 1u) << refused.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  };
  expect_refused({}, "--data FILE.h5");
  expect_refused({"--data", log_}, "--at is missing");
  expect_refused({"--data", log_, "--at", "latest", "--reasons", "5"},
                 "--reasons: a bgnbd model gives none");
  expect_refused({"--data", log_, "--at", "latest", "--within", "soon"}, "--within is 'soon'");
}

TEST_F(ExportForecasts, OfAHazardModelHaveEveryPeriodAndReasons) {
  Train({"hazard", "--horizon", "45d", "--periods", "7,30,60", "--epochs", "5", "--max-depth", "2",
         "--cutoff", "2020-08-01", "--cutoffs", "6"});
  const CliResult exported =
      Export({"--data", log_, "--at", "2020-08-01", "--hash-ids", "salt", "--reasons", "3"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const std::vector<ForecastJson> customers = Read("customers.ndjson");
  ExpectScores(customers, {"--at", "2020-08-01"});
  for (const ForecastJson& customer : customers) {
    EXPECT_EQ(customer["probability"], customer["leave_within_60d"]);
    ASSERT_LE(customer["reasons"].size(), 3u);
    double sum = customer["base_log_odds"].get<double>() + customer["other_log_odds"].get<double>();
    for (const ForecastJson& reason : customer["reasons"]) sum += reason["log_odds"].get<double>();
    EXPECT_NEAR(sum, customer["log_odds"].get<double>(), 1e-9);
  }
  EXPECT_THAT(ReadWholeFile(out_ + "/README.md"), HasSubstr("a mean over the periods"));
  EXPECT_THAT(Export({"--data", log_, "--at", "2020-08-01", "--within", "30d", "--overwrite"}).err,
              HasSubstr("--within is for the customers of a bgnbd model"));
}

}  // namespace
}  // namespace tidewright
