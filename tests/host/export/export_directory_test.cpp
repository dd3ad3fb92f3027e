#include "host/export/export_directory.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

TEST(ExportDirectory, WhatCameToStandAtTheTargetMeanwhileStays) {
  const TempDirectory dir;
  const std::string target = dir.File("out");
  std::string partial;
  {
    ExportDirectory directory(target);
    partial = directory.path();
    WriteWholeFile(partial + "/ours", "ours");
    std::filesystem::create_directory(target);
    WriteWholeFile(target + "/mine", "mine");
    EXPECT_THROW(directory.Finish(), UsageError);
  }
  EXPECT_EQ(ReadWholeFile(target + "/mine"), "mine");
  EXPECT_FALSE(std::filesystem::exists(target + "/ours"));
  EXPECT_FALSE(std::filesystem::exists(partial));
}

}  // namespace
}  // namespace tidewright
