#include "host/core/record_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

std::vector<std::string> All(const RecordFile& file) {
  std::vector<std::string> all;
  RecordFile::Reader reader(file);
  while (const auto record = reader.Next()) all.emplace_back(*record);
  return all;
}

std::vector<std::string> ManyRecords() {
  std::vector<std::string> records;
  for (size_t i = 0; i < 3000; ++i) records.emplace_back((i * i) % 2000, static_cast<char>(i));
  return records;
}

TEST(RecordFile, GivesBackWhatWasAddedAndLeavesNothing) {
  const TempDirectory dir;
  RecordFile file(dir.File("x"), std::nullopt);
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  for (const std::string& record : ManyRecords()) file.Add(record);
  file.Flush();
  EXPECT_EQ(All(file), ManyRecords());
}

TEST(RecordFile, GoesOnBehindTheLastWholeRecordOfItsRun) {
  const TempDirectory dir;
  const std::vector<std::string> records = ManyRecords();
  {
    RecordFile file(dir.File("x"), "a run");
    for (const std::string& record : records) file.Add(record);
    file.Flush();
  }
  const std::string whole = ReadWholeFile(dir.File("x.partial"));
  // Cut anywhere, or with a gap at the end as a power cut leaves it.
  for (const std::string& left : {whole.substr(0, whole.size() / 3), whole.substr(0, 11),
                                  whole.substr(0, whole.size() / 2) + std::string(5000, '\0')}) {
    WriteWholeFile(dir.File("x.partial"), left);
    RecordFile file(dir.File("x"), "a run");
    const auto kept = static_cast<size_t>(file.records());
    for (size_t i = kept; i < records.size(); ++i) file.Add(records[i]);
    file.Flush();
    EXPECT_EQ(All(file), records);
  }
  EXPECT_EQ(ReadWholeFile(dir.File("x.partial")), whole);
  EXPECT_THROW(RecordFile(dir.File("x"), "another run"), UsageError);
  RecordFile(dir.File("x"), "a run").Remove();
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(RecordFile, ARunThatWroteNothingLeavesNothing) {
  const TempDirectory dir;
  { const RecordFile file(dir.File("x"), "a run"); }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  { const RecordFile file(dir.File("x"), "another run"); }
  EXPECT_THROW(RecordFile(dir.path(), "a run"), UsageError);
}

}  // namespace
}  // namespace tidewright
