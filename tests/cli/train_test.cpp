#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Train : public ::testing::Test {
 protected:
  Train() : log_(directory_.File("shop.h5")), artifact_(directory_.File("model")) {
    WriteShop(log_);
  }

  nlohmann::json Inspect() const {
    const CliResult result = RunCli({"inspect", artifact_, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return nlohmann::json::parse(result.out);
  }
  // A usage error leaves nothing beside the log.
  void ExpectRefused(const CliResult& result, const std::string& message) const {
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(Lines(result.err).back(), StartsWith("tidewright: "));
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
    EXPECT_FALSE(std::filesystem::exists(artifact_));
    EXPECT_FALSE(std::filesystem::exists(artifact_ + ".partial"));
  }

  TempDirectory directory_;
  std::string log_;
  std::string artifact_;
};

TEST_F(Train, SavesAnArtifactAndSaysWhatItDid) {
  const CliResult result = TrainShop(log_, artifact_, {"--split", "last:1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("artifact: " + artifact_));
  EXPECT_THAT(result.out, HasSubstr("tidewright evaluate " + artifact_ + " " + log_));
  for (const char* note :
       {"device: cpu", "event log, 40 users, 30 items, 400 events",
        "signals: purchase 1, cancel -1", "test part (last:1): kept back", "epoch 3/3"}) {
    EXPECT_THAT(result.err, HasSubstr(note));
  }
  const nlohmann::json manifest = Inspect();
  EXPECT_EQ(manifest["model"], "ials");
  EXPECT_EQ(manifest["split"], "last:1");
  EXPECT_EQ(manifest["factors"], 8);
  EXPECT_EQ(manifest["item_names"], true);
  EXPECT_FALSE(std::filesystem::exists(artifact_ + ".partial"));
}

TEST_F(Train, SaysWhatEachStageTook) {
  const CliResult result = TrainShop(log_, artifact_, {"--validate", "last:1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::ordered_json run =
      nlohmann::ordered_json::parse(ReadWholeFile(artifact_ + "/run.json"));
  std::vector<std::string> stages;
  double seconds = 0;
  for (const auto& [stage, taken] : run["stage_seconds"].items()) {
    stages.push_back(stage);
    EXPECT_GE(taken.get<double>(), 0);
    seconds += stage == "save" ? 0 : taken.get<double>();
  }
  EXPECT_THAT(stages, ElementsAre("read", "transpose", "prepare", "train", "evaluate", "save"));
  EXPECT_GT(seconds, 0);
  EXPECT_LE(seconds, std::stod(run["facts"]["seconds"].get<std::string>()) + 1e-6);
  EXPECT_THAT(result.err, ContainsRegex("time: read .* s, transpose .* s, .* save .* s"));
}

TEST_F(Train, EverySolverTrainsAndTheManifestNamesTheOneThatRan) {
  for (const std::string solver : {"cg", "ialspp", "auto"}) {
    const CliResult result = TrainShop(log_, artifact_, {"--solver", solver});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string ran = Inspect()["config"]["solver"];
    if (solver == "auto") {
      EXPECT_THAT(result.err, HasSubstr("solver: " + ran + " (auto: "));
    } else {
      EXPECT_EQ(ran, solver);
      EXPECT_THAT(result.err, Not(HasSubstr("solver: ")));
    }
  }
}

TEST_F(Train, SaysAloudThatNothingIsKeptBack) {
  const CliResult result = TrainShop(log_, artifact_);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("split: none"));
  EXPECT_EQ(Inspect()["split"], "none");
}

TEST_F(Train, FlagWinsOverEnvironmentOverRunFileOverDefault) {
  const std::string file = directory_.File("run.toml");
  WriteWholeFile(file,
                 "aggregate = \"count\"\nepochs = 2\n[ials]\nfactors = 16\nregularization = 0.5\n"
                 "unobserved_weight = 0.25\n[signal]\ncancel = -2\n");
  const CliResult result =
      RunCli({"train", "ials", log_, "-o", artifact_, "--config", file, "--factors", "12"},
             {{"TIDEWRIGHT_FACTORS", "10"}, {"TIDEWRIGHT_REGULARIZATION", "0.125"}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json manifest = Inspect();
  EXPECT_EQ(manifest["config"]["factors"], "12");
  EXPECT_EQ(manifest["config"]["regularization"], "0.125");
  EXPECT_EQ(manifest["config"]["unobserved-weight"], "0.25");
  EXPECT_EQ(manifest["config"]["frequency-exponent"], "1");
  EXPECT_EQ(manifest["epochs"], 2);
  EXPECT_EQ(manifest["aggregation"], "count");
  EXPECT_EQ(manifest["signals"]["cancel"], -2);
}

TEST_F(Train, MisspeltKeysOfTheRunFileSuggestTheNearest) {
  const std::string file = directory_.File("run.toml");
  WriteWholeFile(file, "epochs = 2\n[ials]\nfactos = 16\n");
  ExpectRefused(TrainShop(log_, artifact_, {"--config", file}),
                "line 3: unknown key 'factos', did you mean 'factors'?");
  WriteWholeFile(file, "[ails]\nfactors = 16\n");
  ExpectRefused(TrainShop(log_, artifact_, {"--config", file}),
                "unknown table [ails], did you mean 'ials'?");
  WriteWholeFile(file, "factors = = 3\n");
  ExpectRefused(TrainShop(log_, artifact_, {"--config", file}), "run.toml line 1");
}

TEST_F(Train, MisspeltFlagsModelsSignalsAndMetricsSuggestTheNearest) {
  ExpectRefused(TrainShop(log_, artifact_, {"--epoch", "2"}), "did you mean '--epochs'?");
  ExpectRefused(RunCli({"train", "ails", log_, "-o", artifact_}),
                "unknown model 'ails', did you mean 'ials'?");
  ExpectRefused(TrainShop(log_, artifact_, {"--signal", "purchse=1"}), "purchase");
  ExpectRefused(TrainShop(log_, artifact_, {"--validate-metric", "ndgc@20"}),
                "did you mean 'ndcg'?");
  ExpectRefused(TrainShop(log_, artifact_, {"--item-name", "titel"}), "did you mean 'title'?");
}

TEST_F(Train, MalformedValuesAreUsageErrors) {
  ExpectRefused(TrainShop(log_, artifact_, {"--split", "last:x"}), "last:");
  ExpectRefused(TrainShop(log_, artifact_, {"--split", "file"}), "/test");
  ExpectRefused(TrainShop(log_, artifact_, {"--signal", "purchase"}), "NAME=WEIGHT");
  ExpectRefused(TrainShop(log_, artifact_, {"--device", "gpu"}), "--device is 'gpu'");
  ExpectRefused(TrainShop(log_, artifact_, {"--factors", "0"}), "--factors is '0'");
  ExpectRefused(TrainShop(log_, artifact_, {"--storage", "half"}),
                "--storage is 'half'; expected one of fp32, bf16, fp16");
  ExpectRefused(TrainShop(log_, artifact_, {"--simd", "MMX"}), "MMX");
  ExpectRefused(TrainShop(log_, artifact_, {"--resume"}), "resume");
  ExpectRefused(RunCli({"train", "ials", log_}), "--output");
}

TEST_F(Train, DeviceThatIsNotThereIsExit4) {
  const CliResult result = TrainShop(log_, artifact_, {"--device", "cuda:63"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("cuda:63 is not available"));
  EXPECT_FALSE(std::filesystem::exists(artifact_));
}

TEST_F(Train, MissingAndMalformedFilesTouchNothing) {
  const CliResult missing = TrainShop(directory_.File("none.h5"), artifact_);
  EXPECT_EQ(missing.exit_code, 5);
  const std::string garbage = directory_.File("garbage.h5");
  WriteWholeFile(garbage, "no HDF5 at all");
  const CliResult malformed = TrainShop(garbage, artifact_);
  EXPECT_EQ(malformed.exit_code, 3);
  EXPECT_THAT(Lines(malformed.err).back(), HasSubstr("garbage.h5"));
  EXPECT_FALSE(std::filesystem::exists(artifact_));
  EXPECT_FALSE(std::filesystem::exists(artifact_ + ".partial"));
}

TEST_F(Train, DryRunEstimatesAndWritesNothing) {
  const CliResult result = TrainShop(log_, artifact_, {"--dry-run"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* row : {"users", "items", "memory", "an epoch", "3 epochs", "measured"}) {
    EXPECT_THAT(result.out, HasSubstr(row));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(Train, ValidationIsWatchedAndTheBestEpochKept) {
  const CliResult result = TrainShop(log_, artifact_,
                                     {"--split", "last:1", "--validate", "random:0.2",
                                      "--validate-metric", "recall@5", "--patience", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("validation part (random:0.2)"));
  EXPECT_THAT(result.err, HasSubstr("recall@5 "));
  const nlohmann::json manifest = Inspect();
  EXPECT_EQ(manifest["validation_split"], "random:0.2");
  EXPECT_TRUE(manifest["validation"].contains("recall@5"));

  const nlohmann::json training =
      nlohmann::json::parse(ReadWholeFile(artifact_ + "/manifest.json"))["training"];
  const nlohmann::json recall = training["validation"]["recall@5"];
  const std::vector<std::string> epochs = Lines(ReadWholeFile(artifact_ + "/metrics.jsonl"));
  const size_t best = training["best_epoch"].get<size_t>();
  EXPECT_NEAR(recall["mean"], nlohmann::json::parse(epochs.at(best - 1))["recall@5"], 1e-12);
  EXPECT_LT(recall["low"], recall["mean"]);
  EXPECT_GT(recall["high"], recall["mean"]);
}

TEST_F(Train, MessagesAreJsonLinesOnRequest) {
  const CliResult result = TrainShop(log_, artifact_, {"--log-format", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  int epochs = 0;
  for (const std::string& line : Lines(result.err)) {
    const nlohmann::json message = nlohmann::json::parse(line);
    if (message["event"] != "epoch") continue;
    ++epochs;
    EXPECT_EQ(message["epoch"], epochs);
    EXPECT_GT(message["loss"], 0);
  }
  EXPECT_EQ(epochs, 3);
  const CliResult failed = TrainShop(log_, artifact_, {"--log-format", "json", "--split", "file"});
  const nlohmann::json error = nlohmann::json::parse(Lines(failed.err).back());
  EXPECT_EQ(error["event"], "error");
  EXPECT_EQ(error["exit_code"], 2);
}

TEST_F(Train, ReplacesAnArtifactButNoOtherDirectory) {
  ASSERT_EQ(TrainShop(log_, artifact_, {"--seed", "1"}).exit_code, 0);
  ASSERT_EQ(TrainShop(log_, artifact_ + "/", {"--seed", "2"}).exit_code, 0);
  EXPECT_EQ(Inspect()["config"]["seed"], "2");
  const std::string other = directory_.File("other");
  std::filesystem::create_directory(other);
  WriteWholeFile(other + "/precious", "data");
  EXPECT_EQ(TrainShop(log_, other).exit_code, 2);
  EXPECT_EQ(ReadWholeFile(other + "/precious"), "data");
}

}  // namespace
}  // namespace tidewright
