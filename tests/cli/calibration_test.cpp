// Probabilities that mean what they say, through the command line: calibration and sampling.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class CalibrationCommands : public ::testing::Test {
 protected:
  CliResult Train(const std::string& name, const std::vector<std::string>& more,
                  const std::string& model = "gbdt") const {
    std::vector<std::string> command = {"train", model, TelcoTable(), "-o", directory_.File(name)};
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }
  // Too many trees, too deep, too fast: too sure of itself.
  CliResult TrainTooSure(const std::string& name, std::vector<std::string> more) const {
    more.insert(more.end(), {"--max-depth", "6", "--learning-rate", "0.5", "--epochs", "40"});
    return Train(name, more);
  }
  Json Manifest(const std::string& name) const {
    return Json::parse(ReadWholeFile(directory_.File(name) + "/manifest.json"));
  }
  std::vector<double> Scores(const std::string& name) const {
    const CliResult scored = RunCli({"score", directory_.File(name), TelcoTable()});
    EXPECT_EQ(scored.exit_code, 0) << scored.err;
    std::vector<double> probabilities;
    std::istringstream lines(scored.out);
    for (std::string line; std::getline(lines, line);) {
      probabilities.push_back(Json::parse(line)["probability"]);
    }
    return probabilities;
  }

  TempDirectory directory_;
};

TEST_F(CalibrationCommands, AnOverconfidentModelIsCalibratedFromTheArtifactAlone) {
  const CliResult trained = TrainTooSure("model", {"--cross-validate", "3"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr(" is kept; judged by cross-fitting"));
  const Json manifest = Manifest("model");
  const Json calibration = manifest["calibration"];
  const std::string method = calibration["kept"]["method"];
  EXPECT_EQ(calibration["tried"].size(), 3u);
  EXPECT_LT(calibration["tried"][method]["log_loss"], calibration["uncalibrated"]["log_loss"]);
  EXPECT_LT(calibration["tried"][method]["brier"], calibration["uncalibrated"]["brier"]);
  EXPECT_GT(calibration["uncalibrated"]["ece"], 0.05);
  // The cross-validation tells of what the artifact says: the calibrated probabilities.
  EXPECT_LT(manifest["cross_validation"]["metrics"]["ece"]["mean"], 0.02);

  ASSERT_EQ(TrainTooSure("raw", {"--cross-validate", "3", "--calibrate", "none"}).exit_code, 0);
  EXPECT_FALSE(Manifest("raw").contains("calibration"));
  EXPECT_EQ(ReadWholeFile(directory_.File("raw") + "/model.safetensors"),
            ReadWholeFile(directory_.File("model") + "/model.safetensors"));
  const std::vector<double> calibrated = Scores("model");
  const std::vector<double> raw = Scores("raw");
  ASSERT_EQ(calibrated.size(), raw.size());
  EXPECT_NE(calibrated, raw);
  EXPECT_THAT(RunCli({"inspect", directory_.File("model")}).out, HasSubstr("calibration"));

  const CliResult explained = RunCli({"explain", directory_.File("model"), "--id", "7590-VHVEG",
                                      "--data", TelcoTable(), "--json"});
  ASSERT_EQ(explained.exit_code, 0) << explained.err;
  const Json explanation = Json::parse(explained.out);
  EXPECT_EQ(explanation["calibration"], method);
  EXPECT_EQ(explanation["rows"][0]["probability"], calibrated[0]);
  EXPECT_EQ(explanation["rows"][0]["uncalibrated_probability"], raw[0]);
  EXPECT_THAT(
      RunCli({"explain", directory_.File("model"), "--id", "7590-VHVEG", "--data", TelcoTable()})
          .out,
      HasSubstr("calibration (" + method + ")"));

  const auto log_loss = [&](const std::string& name) {
    const CliResult judged = RunCli({"evaluate", directory_.File(name), TelcoTable(), "--json"});
    return Json::parse(judged.out)["metrics"]["log_loss"]["mean"].get<double>();
  };
  EXPECT_NE(log_loss("model"), log_loss("raw"));
}

TEST_F(CalibrationCommands, LeavesOfAnExportHoldPlattsAndNoOther) {
  for (const std::string method : {"platt", "beta"}) {
    const CliResult trained = TrainTooSure(
        method, {"--cross-validate", "3", "--calibrate", method, "--export", "xgboost"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    ASSERT_EQ(Manifest(method)["calibration"]["kept"]["method"], method);
    const std::string card = ReadWholeFile(directory_.File(method) + ".xgboost.json.README.md");
    const bool folded = method == "platt";
    EXPECT_EQ(card.find("platt calibration is in the leaves") != std::string::npos, folded);
    EXPECT_EQ(card.find("The probabilities are not calibrated") != std::string::npos, !folded);
    EXPECT_EQ(trained.err.find("no place for the beta calibration") != std::string::npos, !folded)
        << trained.err;
  }
}

TEST_F(CalibrationCommands, TheArraysOfAnExportCarryTheCalibrationThatWasKept) {
  for (const std::string method : {"platt", "isotonic", "beta", "none"}) {
    const CliResult trained = TrainTooSure(
        method, {"--cross-validate", "3", "--calibrate", method, "--export", "safetensors"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_EQ(trained.err.find("no place"), std::string::npos) << trained.err;
    const std::string out = directory_.File(method) + ".safetensors/";
    const Json said = Json::parse(ReadWholeFile(out + "features.json"))["calibration"];
    const bool kept = Manifest(method).contains("calibration");
    EXPECT_EQ(kept, method != "none");
    const Json none = {{"method", "none"}};
    EXPECT_EQ(said, kept ? Manifest(method)["calibration"]["kept"] : none);
    const bool told =
        ReadWholeFile(out + "README.md").find("holds the " + method) != std::string::npos;
    EXPECT_EQ(told, kept);
  }
}

TEST_F(CalibrationCommands, TheDecisionIsTheSameForAnyNumberOfThreads) {
  for (const std::string threads : {"1", "3"}) {
    ASSERT_EQ(TrainTooSure("m" + threads,
                           {"--cross-validate", "3", "--repeats", "2", "--threads", threads})
                  .exit_code,
              0);
  }
  EXPECT_EQ(ReadWholeFile(directory_.File("m1") + "/manifest.json"),
            ReadWholeFile(directory_.File("m3") + "/manifest.json"));
}

TEST_F(CalibrationCommands, WhatWasKeptBackJudges) {
  ASSERT_EQ(
      TrainTooSure("model", {"--cross-validate", "3", "--validate", ".2", "--calibrate", "platt"})
          .exit_code,
      0);
  EXPECT_EQ(Manifest("model")["calibration"]["judged_by"], "validation");
  EXPECT_EQ(Manifest("model")["calibration"]["tried"].size(), 1u);
}

TEST_F(CalibrationCommands, RefusesWhatCannotBe) {
  const CliResult alone = TrainTooSure("model", {"--calibrate", "beta"});
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("add --cross-validate 5"));
  EXPECT_EQ(TrainTooSure("model", {"--calibrate", "plat"}).exit_code, 2);
  const CliResult waits = TrainTooSure("model", {"--patience", "3"});
  EXPECT_EQ(waits.exit_code, 2);
  EXPECT_THAT(waits.err, HasSubstr("add --validate"));
  const CliResult repeats = TrainTooSure("model", {"--repeats", "2"});
  EXPECT_EQ(repeats.exit_code, 2);
  EXPECT_THAT(repeats.err, HasSubstr("add --cross-validate"));
  EXPECT_EQ(TrainTooSure("model", {"--sample-negatives", "0"}).exit_code, 2);
  EXPECT_EQ(TrainTooSure("model", {"--sample-negatives", "0.000001"}).exit_code, 2);

  ASSERT_EQ(TrainTooSure("model", {"--cross-validate", "3"}).exit_code, 0);
  Json manifest = Manifest("model");
  manifest["calibration"]["kept"] = {{"method", "platt"}, {"a", -1}, {"c", 0}};
  WriteWholeFile(directory_.File("model") + "/manifest.json", manifest.dump());
  const CliResult damaged = RunCli({"score", directory_.File("model"), TelcoTable()});
  EXPECT_EQ(damaged.exit_code, 3);
  EXPECT_THAT(damaged.err, HasSubstr("calibration.kept.a"));
  Json deep = 1;
  for (int depth = 0; depth < 100; ++depth) deep = Json{{"kept", deep}};
  manifest["calibration"] = deep;
  WriteWholeFile(directory_.File("model") + "/manifest.json", manifest.dump());
  EXPECT_EQ(RunCli({"score", directory_.File("model"), TelcoTable()}).exit_code, 3);
}

class SampledNegatives : public CalibrationCommands,
                         public ::testing::WithParamInterface<const char*> {};

TEST_P(SampledNegatives, ProbabilitiesStillMeanTheRateOfAllRows) {
  const std::vector<std::string> flags = {"--sample-negatives", "0.15", "--epochs",    "60",
                                          "--cross-validate",   "3",    "--calibrate", "none",
                                          "--validate",         "0.2"};
  const CliResult trained = Train("model", flags, GetParam());
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("rows that did not churn"));
  const Json manifest = Manifest("model");
  const Json sampling = manifest["training"]["sample_negatives"];
  EXPECT_EQ(sampling["fraction"], 0.15);
  EXPECT_NEAR(sampling["kept"].get<double>() / sampling["negatives"].get<double>(), 0.15, 0.02);
  EXPECT_LT(manifest["data"]["train_entries"], 3000);
  // Calibration in the large: the mean of the probabilities beside the rate. Without the correction
  // it is above .5.
  const Json metrics = manifest["cross_validation"]["metrics"];
  const double rate = metrics["base_rate"]["mean"];
  EXPECT_NEAR(metrics["mean_probability"]["mean"].get<double>(), rate, 0.03);
  EXPECT_NEAR(manifest["training"]["validation"]["mean_probability"]["mean"].get<double>(), rate,
              0.05);
  double sum = 0;
  const std::vector<double> scores = Scores("model");
  for (const double p : scores) sum += p;
  EXPECT_NEAR(sum / static_cast<double>(scores.size()), rate, 0.03);
}

INSTANTIATE_TEST_SUITE_P(Models, SampledNegatives, ::testing::Values("gbdt", "logistic"));

}  // namespace
}  // namespace tidewright
