#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/shop.h"
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

TEST(Inspect, WhatIsNeitherIsAnError) {
  const TempDirectory directory;
  EXPECT_EQ(RunCli({"inspect", directory.File("none")}).exit_code, 5);
  WriteWholeFile(directory.File("text"), "text");
  EXPECT_EQ(RunCli({"inspect", directory.File("text")}).exit_code, 3);
  EXPECT_NE(RunCli({"inspect", directory.path()}).exit_code, 0);
}

}  // namespace
}  // namespace tidewright
