#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/model/artifact.h"
#include "tests/cli/shop.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

TEST(Inspect, DescribesADataFile) {
  const TempDirectory directory;
  const std::string log = directory.File("shop.h5");
  WriteShop(log);
  const CliResult table = RunCli({"inspect", log});
  ASSERT_EQ(table.exit_code, 0) << table.err;
  for (const char* part : {"event log", "purchase: 360 events", "cancel: 40 events, weight -1",
                           "2011-01-26", "title"}) {
    EXPECT_THAT(table.out, HasSubstr(part));
  }
  const nlohmann::json json = nlohmann::json::parse(RunCli({"inspect", log, "--json"}).out);
  EXPECT_EQ(json["users"], 40);
  EXPECT_EQ(json["entries"], 400);
  EXPECT_EQ(json["signals"][1]["weight"], -1);
}

TEST(Inspect, ShowsWhoCameBackByMonth) {
  const TempDirectory directory;
  const std::string log = directory.File("log.h5");
  WriteWholeFile(
      directory.File("log.csv"),
      "user,item,date\na,x,2021-01-05\nb,x,2021-01-31\na,x,2021-02-01\nc,x,2021-02-03\n");
  ASSERT_EQ(RunCli({"import", "csv", directory.File("log.csv"), "-o", log, "--user", "user",
                    "--item", "item", "--timestamp", "date"})
                .exit_code,
            0);
  const std::string svg = directory.File("triangle.svg");
  const CliResult text = RunCli({"inspect", log, "--retention", "month", "--svg", svg});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_EQ(text.out,
            "cohort   customers    1   months later, % active\n"
            "2021-01          2   50*\n"
            "2021-02          1*\n"
            "* of a part of 2021-02: the log ends on 2021-02-03\n");
  EXPECT_THAT(ReadWholeFile(svg), HasSubstr(">2021-01</text>"));
  const CliResult json = RunCli({"inspect", log, "--retention", "month", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)["retention"][0]["active"],
            nlohmann::json::parse("[2, 1]"));
  EXPECT_EQ(nlohmann::json::parse(json.out)["cut_short_at"], "2021-02-03");
  EXPECT_THAT(ReadWholeFile(svg), HasSubstr("the log ends on 2021-02-03"));

  EXPECT_EQ(RunCli({"inspect", log, "--retention", "week"}).exit_code, 2);
  EXPECT_EQ(RunCli({"inspect", log, "--svg", svg}).exit_code, 2);
  const std::string telco = TelcoTable();
  EXPECT_EQ(RunCli({"inspect", telco, "--retention", "month"}).exit_code, 2);
}

TEST(Inspect, DescribesAnArtifactAndNoticesDamage) {
  const TempDirectory directory;
  const std::string log = directory.File("shop.h5");
  const std::string artifact = directory.File("model");
  WriteShop(log);
  ASSERT_EQ(TrainShop(log, artifact).exit_code, 0);
  const CliResult table = RunCli({"inspect", artifact});
  ASSERT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("40 users, 30 items, 8 factors"));
  EXPECT_THAT(table.out, HasSubstr("every checksum holds"));

  for (const auto& entry : std::filesystem::directory_iterator(artifact)) {
    if (entry.path().extension() != ".safetensors") continue;
    std::string bytes = ReadWholeFile(entry.path().string());
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    WriteWholeFile(entry.path().string(), bytes);
  }
  EXPECT_EQ(RunCli({"inspect", artifact}).exit_code, 3);
}

// Two trees: months, then calls on its left; months alone.
TEST(Inspect, ShowsWhatEachColumnDidForTheTrees) {
  TreeEnsemble model;
  model.features = 3;
  model.tree_offsets = {0, 5, 8};
  model.feature = {0, 2, -1, -1, -1, 0, -1, -1};
  model.threshold = {12, 3, 0, 0, 0, 6, 0, 0};
  model.left = {1, 3, 0, 0, 0, 1, 0, 0};
  model.missing_left.assign(8, 0);
  model.value = {0, 0, 1, -1, 0.5f, 0, 0.25f, 1};
  model.gain = {5, 2, 0, 0, 0, 1, 0, 0};
  model.cover = {10, 4, 6, 1, 3, 6, 2, 4};
  model.category_offsets.assign(9, 0);
  const FeatureSpec columns = {{{"months", FeatureKind::kNumber, {}},
                                {"zip", FeatureKind::kNumber, {}},
                                {"calls", FeatureKind::kNumber, {}}},
                               "left=yes"};
  const TempDirectory directory;
  WriteArtifactFiles(directory.path(), TreeArtifact(model, columns), {});
  const CliResult table = RunCli({"inspect", directory.path()});
  ASSERT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out,
              HasSubstr("share of the gain      75.0 %  months (80.0 % of the cover, 2 splits)\n"
                        "                       25.0 %  calls (20.0 % of the cover, 1 split)\n"));
  EXPECT_THAT(table.out, ::testing::Not(HasSubstr("zip")));

  const nlohmann::json importance =
      nlohmann::json::parse(RunCli({"inspect", directory.path(), "--json"}).out)["importance"];
  EXPECT_EQ(importance, nlohmann::json::parse(
                            R"([{"column": "months", "gain": 6.0, "cover": 16.0, "splits": 2},
                                {"column": "calls", "gain": 2.0, "cover": 4.0, "splits": 1},
                                {"column": "zip", "gain": 0.0, "cover": 0.0, "splits": 0}])"));
}

TEST(Inspect, WhatIsNeitherIsAnError) {
  const TempDirectory directory;
  EXPECT_EQ(RunCli({"inspect", directory.File("none")}).exit_code, 5);
  WriteWholeFile(directory.File("text"), "text");
  EXPECT_EQ(RunCli({"inspect", directory.File("text")}).exit_code, 3);
  EXPECT_NE(RunCli({"inspect", directory.path()}).exit_code, 0);
}

}  // namespace
}  // namespace tidewright
