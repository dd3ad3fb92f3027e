#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include "host/core/parallel.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/hdf5/item_table.h"
#include "host/data/hdf5/table_file.h"
#include "tests/support/bad_hdf5_files.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

// Everything that hdf5_layouts.py writes, read; by file name.
std::map<std::string, Dataset> ReadAllLayouts() {
  const TempDirectory directory;
  const CliResult written = RunProgram(
      {"/usr/bin/python3", std::string(TIDEWRIGHT_SOURCE_DIR) + "/tests/host/data/hdf5_layouts.py",
       directory.path()});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  std::map<std::string, Dataset> read;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    const std::string name = entry.path().stem().string();
    SCOPED_TRACE(name);
    EXPECT_NO_THROW(read[name] = ReadDataset(entry.path().string()));
  }
  return read;
}

TEST(Hdf5Layouts, OfTheSameDataReadTheSame) {
  const std::map<std::string, Dataset> read = ReadAllLayouts();
  ASSERT_GE(read.size(), 40u);
  const Dataset& log = read.at("log_contiguous");
  const Dataset& matrix = read.at("matrix_csr");
  ASSERT_TRUE(log.log && matrix.matrix);
  EXPECT_EQ(log.log->size(), 5000);
  EXPECT_EQ(log.users[39], "139");
  EXPECT_EQ(log.items[299], "itéms 299");
  EXPECT_EQ(log.log->timestamp[0] / 1'000'000'000'000, 1300);
  for (const auto& [name, dataset] : read) {
    SCOPED_TRACE(name);
    EXPECT_EQ(dataset.fingerprint, name.starts_with("log_") ? log.fingerprint : matrix.fingerprint);
  }
  EXPECT_EQ(read.at("matrix_csc").layout, Layout::kAnnDataCsc);
  EXPECT_EQ(read.at("matrix_legacy_csc").layout, Layout::kAnnDataCsc);
  EXPECT_EQ(read.at("matrix_duplicates").duplicates_merged, matrix.matrix->nnz());
  // One zero a row, some of them beside another value of the same item.
  EXPECT_EQ(read.at("matrix_zeros").zeros_dropped + read.at("matrix_zeros").duplicates_merged, 40);
  EXPECT_EQ(matrix.duplicates_merged, 0);
  EXPECT_EQ(matrix.zeros_dropped, 0);
}

// The python blocks of a page, in their order.
std::vector<std::string> PythonBlocks(const std::string& page) {
  static const std::string kFence = "```";
  std::vector<std::string> blocks;
  for (size_t at = page.find(kFence + "python\n"); at != std::string::npos;
       at = page.find(kFence + "python\n", at)) {
    at = page.find('\n', at) + 1;
    const size_t end = page.find(kFence, at);
    blocks.push_back(page.substr(at, end - at));
    at = end + kFence.size();
  }
  return blocks;
}

TEST(DatasetsPage, ShowsProgramsOfTenLinesWhoseFilesAreRead) {
  const std::vector<std::string> blocks =
      PythonBlocks(ReadWholeFile(std::string(TIDEWRIGHT_SOURCE_DIR) + "/datasets/README.md"));
  ASSERT_EQ(blocks.size(), 3u);
  const TempDirectory directory;
  for (const std::string& block : blocks) {
    EXPECT_LE(std::count(block.begin(), block.end(), '\n'), 10);
    const std::string script = directory.File("script.py");
    WriteWholeFile(script, "import os\nos.chdir('" + directory.path() + "')\n" + block);
    const CliResult run = RunProgram({"/usr/bin/python3", script});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  const Dataset log = ReadDataset(directory.File("log.h5"));
  ASSERT_TRUE(log.log);
  EXPECT_EQ(log.log->size(), 4);
  EXPECT_EQ(log.users[2], "carl");
  EXPECT_EQ(log.log->signal_names, (std::vector<std::string>{"view", "purchase"}));
  EXPECT_EQ(log.log->value[1], 3);
  EXPECT_EQ(log.log->timestamp[0], 1'700'000'000'000'000);
  const Dataset matrix = ReadDataset(directory.File("matrix.h5"));
  ASSERT_TRUE(matrix.matrix);
  EXPECT_EQ(matrix.layout, Layout::kAnnDataCsr);
  EXPECT_EQ(matrix.matrix->ids, (std::vector<int32_t>{0, 1, 1}));
  EXPECT_EQ(matrix.items[1], "milk");
  const FeatureTable table = ReadFeatureTable(directory.File("table.h5"));
  EXPECT_EQ(table.rows, 4);
  EXPECT_EQ(table.label_name, "Churn=Yes");
  EXPECT_EQ(table.label, (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(table.ids[3], "dora");
  EXPECT_EQ(SpecOf(table).columns,
            (std::vector<FeatureDescription>{
                {"tenure", FeatureKind::kNumber, {}},
                {"charges", FeatureKind::kNumber, {}},
                {"senior", FeatureKind::kBoolean, {}},
                {"contract", FeatureKind::kCategory, {"monthly", "yearly"}}}));
  EXPECT_TRUE(std::isnan(table.columns[1].values[1]));
  EXPECT_EQ(table.columns[2].values[1], 1);
  EXPECT_TRUE(std::isnan(table.columns[3].values[2]));
  EXPECT_EQ(table.columns[3].values[1], 1);
}

TEST(Matrix, WithoutIdsCountsThem) {
  const TempDirectory directory;
  {
    Hdf5Builder builder(directory.File("m.h5"));
    BuildGoodMatrix(&builder);
    builder.Delete("/users");
    builder.Delete("/items");
  }
  const Dataset read = ReadDataset(directory.File("m.h5"));
  EXPECT_EQ(read.users, IdTable::Range(3));
  EXPECT_EQ(read.items, IdTable::Range(4));
}

TEST(Matrix, OfManyItemsMayKeepBackFewEntries) {
  const TempDirectory dir;
  const int64_t items = 1'500'000;
  const auto write = [&](Hdf5Builder* builder, const std::string& group, int32_t entries) {
    builder->Group(group);
    builder->TextAttribute(group, "encoding-type", "csr_matrix");
    builder->IntAttribute(group, "shape", {1, items});
    std::vector<int32_t> indices(entries);
    std::iota(indices.begin(), indices.end(), 0);
    builder->Numbers(group + "/indptr", std::vector<int32_t>{0, entries});
    builder->Numbers(group + "/indices", indices);
    builder->Numbers(group + "/data", std::vector<float>(entries, 1.0f));
  };
  {
    Hdf5Builder builder(dir.File("many.h5"));
    write(&builder, "/X", 600);
    write(&builder, "/test", 1);
  }
  EXPECT_EQ(ReadDataset(dir.File("many.h5")).test_matrix->cols, items);
}

TEST(EventLog, OfOneKindNeedsNoSignals) {
  const TempDirectory directory;
  {
    Hdf5Builder builder(directory.File("log.h5"));
    BuildGoodLog(&builder);
    builder.Delete("/events/signal");
    builder.Delete("/signals");
  }
  const Dataset read = ReadDataset(directory.File("log.h5"));
  EXPECT_EQ(read.log->signal_names, std::vector<std::string>{"event"});
  EXPECT_EQ(read.log->signal, std::vector<uint8_t>(6, 0));
}

TEST(EventLog, FeatureColumnsOfAnotherLengthArePassedOver) {
  const TempDirectory directory;
  {
    Hdf5Builder builder(directory.File("log.h5"));
    BuildGoodLog(&builder);
    builder.Numbers("/users/age", std::vector<float>{1, 2, 3, 4});
    builder.Numbers("/users/palette", std::vector<float>{1, 2, 3});
  }
  const Dataset read = ReadDataset(directory.File("log.h5"));
  ASSERT_EQ(read.user_columns.size(), 1u);
  EXPECT_EQ(read.user_columns[0].name, "age");
}

TEST(ItemTable, IsReadAloneFromWhereAnnDataHasItWithEveryDigit) {
  const TempDirectory directory;
  const std::string path = directory.File("matrix.h5");
  {
    Hdf5Builder builder(path);
    builder.Group("/var");
    builder.TextAttribute("/var", "_index", "gene");
    builder.Texts("/var/gene", {"a", "b", "c"});
    builder.Numbers("/var/big", std::vector<uint64_t>{0, (1ULL << 53) + 1, ~0ULL});
    builder.Numbers("/var/share", std::vector<double>{0.1, 2, std::nan("")});
    builder.Numbers("/var/float", std::vector<float>{0.1f, -1e30f, 7});
    builder.Numbers("/var/of_something_else", std::vector<float>{1, 2});
    builder.Numbers("/var/endless", std::vector<double>{1, 2, HUGE_VAL});
  }
  const ItemTable table = ReadItemTable(path, [](const std::vector<std::string>& known) {
    EXPECT_EQ(known, (std::vector<std::string>{"big", "endless", "float", "share"}));
    return std::vector<std::string>{"share", "big", "float"};
  });
  EXPECT_EQ(table.ids[2], "c");
  ASSERT_EQ(table.columns.size(), 3u);
  EXPECT_EQ(table.columns[0].values, (std::vector<std::string>{"0.1", "2.0", ""}));
  EXPECT_EQ(table.columns[1].values,
            (std::vector<std::string>{"0", "9007199254740993", "18446744073709551615"}));
  EXPECT_EQ(table.columns[2].values, (std::vector<std::string>{"0.1", "-1e+30", "7.0"}));
  try {
    ReadItemTable(path, [](const auto&) { return std::vector<std::string>{"endless"}; });
    FAIL() << "was read";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("/var/endless row 2: "), std::string::npos)
        << error.what();
  }
}

// The faults lie in different chunks, which different threads may meet in any order.
TEST(EventLog, NamesTheFirstBadRowForAnyNumberOfThreads) {
  const TempDirectory directory;
  std::vector<int32_t> users(5000, 1);
  for (size_t row = 1234; row < users.size(); row += 100) users[row] = 99;
  {
    Hdf5Builder builder(directory.File("log.h5"));
    BuildGoodLog(&builder);
    builder.Delete("/events/user");
    builder.Numbers("/events/user", users, {.chunk = 64, .shuffle = true, .deflate = 1});
  }
  for (const int threads : {1, 2, 8}) {
    SetNumThreads(threads);
    for (int repeat = 0; repeat < 20; ++repeat) {
      try {
        ReadDataset(directory.File("log.h5"));
        FAIL() << "was read";
      } catch (const std::exception& error) {
        EXPECT_NE(std::string(error.what()).find("/events/user row 1234: "), std::string::npos)
            << error.what();
      }
    }
  }
  SetNumThreads(0);
}

}  // namespace
}  // namespace tidewright
