#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "host/core/errors.h"
#include "host/data/hdf5/dataset_file.h"
#include "tests/support/bad_hdf5_files.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class BadHdf5File : public testing::TestWithParam<BadFile> {};

TEST_P(BadHdf5File, IsRefusedWithOneLineThatSaysWhere) {
  const TempDirectory directory;
  const std::string path = directory.File("bad.h5");
  GetParam().write(path);
  try {
    ReadDataset(path);
    FAIL() << "was read";
  } catch (const DataError& error) {
    const std::string line = error.what();
    const std::string& dataset = GetParam().dataset;
    EXPECT_THAT(line, StartsWith(path + ": " + (dataset.empty() ? "" : dataset)));
    if (GetParam().row) {
      EXPECT_THAT(line, HasSubstr(dataset + " row " + std::to_string(*GetParam().row) + ": "));
    } else if (!dataset.empty()) {
      EXPECT_THAT(line, HasSubstr(dataset + ": "));
    }
    EXPECT_THAT(line, HasSubstr(GetParam().what));
    EXPECT_THAT(line, HasSubstr("; expected "));
    EXPECT_THAT(line, Not(HasSubstr("\n")));
  }
}

INSTANTIATE_TEST_SUITE_P(All, BadHdf5File, testing::ValuesIn(BadHdf5Files()),
                         [](const auto& bad) { return bad.param.name; });

TEST(BadHdf5Files, AreMadeFromFilesThatAreSound) {
  const TempDirectory directory;
  {
    Hdf5Builder log(directory.File("log.h5"));
    BuildGoodLog(&log);
    Hdf5Builder matrix(directory.File("matrix.h5"));
    BuildGoodMatrix(&matrix);
  }
  EXPECT_EQ(ReadDataset(directory.File("log.h5")).log->size(), 6);
  EXPECT_EQ(ReadDataset(directory.File("matrix.h5")).matrix->nnz(), 4);
}

TEST(BadHdf5Files, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const BadFile& bad : BadHdf5Files()) names.insert(bad.name);
  EXPECT_EQ(names.size(), BadHdf5Files().size());
}

TEST(MissingFile, IsAnErrorOfFilesNotOfData) {
  const TempDirectory directory;
  EXPECT_THROW(ReadDataset(directory.File("absent.h5")), IoError);
  EXPECT_THROW(ReadDataset(directory.path()), IoError);
}

}  // namespace
}  // namespace tidewright
