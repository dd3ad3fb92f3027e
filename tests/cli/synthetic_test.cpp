#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/data/hdf5/dataset_file.h"
#include "host/data/hdf5/table_file.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

// Built beside the program.
std::string SyntheticBinary() { return TidewrightBinary() + "-synthetic"; }

TEST(SyntheticTool, WritesAMatrixOfTheShapeAskedFor) {
  const TempDirectory directory;
  const std::string path = directory.File("a.h5");
  const CliResult result =
      RunProgram({SyntheticBinary(), "--users", "300", "--items", "200", "--entries", "5000",
                  "--skew", "0.8", "--seed", "3", "-o", path});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("300 users x 200 items, 5000 entries"));
  const Dataset data = ReadDataset(path);
  ASSERT_TRUE(data.matrix.has_value());
  EXPECT_EQ(data.matrix->rows, 300);
  EXPECT_EQ(data.matrix->cols, 200);
  EXPECT_EQ(data.matrix->nnz(), 5000);
  EXPECT_EQ(data.duplicates_merged, 0);
}

TEST(SyntheticTool, WritesATableWhosePartsFitTogether) {
  const TempDirectory directory;
  const std::string path = directory.File("t.h5");
  const CliResult result =
      RunProgram({SyntheticBinary(), "table", "--rows", "2000", "--columns", "6", "--categories",
                  "2", "--missing", "0.1", "--seed", "3", "-o", path});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2000 rows x 8 columns, "));
  const FeatureTable table = ReadFeatureTable(path);
  EXPECT_EQ(table.rows, 2000);
  const std::string end = directory.File("end.h5");
  ASSERT_EQ(
      RunProgram({SyntheticBinary(), "table", "--rows", "1", "--first-row", "1999", "--columns",
                  "6", "--categories", "2", "--missing", "0.1", "--seed", "3", "-o", end})
          .exit_code,
      0);
  EXPECT_EQ(ReadFeatureTable(end).fingerprint, FingerprintOf(SelectRows(table, {1999})));
  EXPECT_EQ(RunProgram({SyntheticBinary(), "table", "-o", directory.File("u.h5")}).exit_code, 2);
}

TEST(SyntheticTool, WritesTheSameCustomersOnAnyNumberOfThreads) {
  const TempDirectory directory;
  for (const std::string threads : {"1", "3"}) {
    const CliResult result =
        RunProgram({SyntheticBinary(), "customers", "--customers", "9000", "--items", "7", "--seed",
                    "3", "--threads", threads, "-o", directory.File(threads + ".h5")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("9000 customers, "));
  }
  const Dataset one = ReadDataset(directory.File("1.h5"));
  EXPECT_EQ(one.fingerprint, ReadDataset(directory.File("3.h5")).fingerprint);
  EXPECT_EQ(one.users.size(), 9000);
  EXPECT_EQ(one.items.size(), 7);
  EXPECT_GT(one.log->size(), 9000);
  EXPECT_EQ(RunProgram({SyntheticBinary(), "customers", "-o", directory.File("u.h5")}).exit_code,
            2);
}

TEST(SyntheticTool, RefusesWrongArguments) {
  const TempDirectory directory;
  const std::string path = directory.File("a.h5");
  EXPECT_EQ(RunProgram({SyntheticBinary()}).exit_code, 2);
  EXPECT_EQ(RunProgram({SyntheticBinary(), "--shape", "ml20m"}).exit_code, 2);
  EXPECT_EQ(RunProgram({SyntheticBinary(), "--users", "3", "-o", path}).exit_code, 2);
  const CliResult result = RunProgram({SyntheticBinary(), "--shape", "ml2m", "-o", path});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'ml20m'?"));
}

}  // namespace
}  // namespace tidewright
