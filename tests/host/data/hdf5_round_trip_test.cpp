#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/data/hdf5/dataset_file.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

constexpr int64_t kMicros = 1'000'000;

IdTable MakeIds(const std::string& prefix, int64_t count) {
  IdTable ids;
  for (int64_t row = 0; row < count; ++row) ids.Add(prefix + std::to_string(row));
  return ids;
}

Dataset MakeLog(int64_t events, int64_t time_step) {
  Dataset dataset;
  dataset.users = MakeIds("user-", 300);
  dataset.items = MakeIds("\xC3\xA9-", 70);
  dataset.log.emplace();
  EventLog& log = *dataset.log;
  log.signal_names = {"purchase", "cancel"};
  log.default_signal_weights = {1, -1};
  log.extra.push_back({"price", {}});
  for (int64_t e = 0; e < events; ++e) {
    const PhiloxDraw draw = Philox(7, 0, static_cast<uint64_t>(e));
    log.user.push_back(static_cast<int32_t>(e * 300 / events));
    log.item.push_back(static_cast<int32_t>(draw.word[0] % 70));
    log.timestamp.push_back((1'300'000'000 * kMicros) + e * time_step);
    log.signal.push_back(static_cast<uint8_t>(draw.word[1] % 2));
    log.value.push_back(UniformFloat(draw.word[2]));
    log.extra[0].values.push_back(UniformFloat(draw.word[3]));
  }
  return dataset;
}

Dataset MakeMatrix() {
  Dataset dataset;
  dataset.users = MakeIds("u", 3);
  dataset.items = MakeIds("i", 4);
  dataset.matrix = Csr{3, 4, {0, 2, 2, 4}, {0, 3, 1, 2}, {1, -2, 0.5f, 4}};
  dataset.test_matrix = Csr{3, 4, {0, 1, 1, 1}, {1}, {1}};
  return dataset;
}

void ExpectSameLog(const EventLog& a, const EventLog& b) {
  EXPECT_EQ(a.user, b.user);
  EXPECT_EQ(a.item, b.item);
  EXPECT_EQ(a.timestamp, b.timestamp);
  EXPECT_EQ(a.signal, b.signal);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.signal_names, b.signal_names);
  EXPECT_EQ(a.default_signal_weights, b.default_signal_weights);
}

void ExpectSameCsr(const Csr& a, const Csr& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.cols, b.cols);
  EXPECT_EQ(a.offsets, b.offsets);
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(a.values, b.values);
}

class EventLogRoundTrip : public testing::TestWithParam<int64_t> {};

TEST_P(EventLogRoundTrip, ReadsBackWhatWasWritten) {
  const TempDirectory directory;
  const std::string path = directory.File("log.h5");
  Dataset written = MakeLog(GetParam(), 1);
  written.user_columns.push_back({"country", std::vector<std::string>(300, "Österreich")});
  written.item_columns.push_back({"price", std::vector<float>(70, 2.5f)});
  WriteEventLog(path, written, false);
  const Dataset read = ReadDataset(path, {.extra_event_columns = true});
  EXPECT_EQ(read.layout, Layout::kEventLog);
  EXPECT_EQ(read.users, written.users);
  EXPECT_EQ(read.items, written.items);
  ASSERT_TRUE(read.log);
  ExpectSameLog(*read.log, *written.log);
  ASSERT_EQ(read.log->extra.size(), 1u);
  EXPECT_EQ(read.log->extra[0].values, written.log->extra[0].values);
  ASSERT_EQ(read.user_columns.size(), 1u);
  EXPECT_EQ(std::get<std::vector<std::string>>(read.user_columns[0].values)[299], "Österreich");
  ASSERT_EQ(read.item_columns.size(), 1u);
  EXPECT_EQ(std::get<std::vector<float>>(read.item_columns[0].values)[69], 2.5f);
  EXPECT_TRUE(ReadDataset(path).log->extra.empty());
}

// Less than a chunk, a chunk to the row, one more, and several chunks.
INSTANTIATE_TEST_SUITE_P(Sizes, EventLogRoundTrip,
                         testing::Values<int64_t>(1, 65536, 65537, 200'000));

TEST(EventLogFile, StoresWholeSecondsAsSecondsAndReadsTheSameTimes) {
  const TempDirectory directory;
  const Dataset whole = MakeLog(100, kMicros);
  const Dataset parts = MakeLog(100, kMicros + 1);
  WriteEventLog(directory.File("whole.h5"), whole, false);
  WriteEventLog(directory.File("parts.h5"), parts, false);
  EXPECT_EQ(ReadDataset(directory.File("whole.h5")).log->timestamp, whole.log->timestamp);
  EXPECT_EQ(ReadDataset(directory.File("parts.h5")).log->timestamp, parts.log->timestamp);
}

TEST(EventLogFile, MayLackTimesAndValues) {
  const TempDirectory directory;
  Dataset written = MakeLog(100, 1);
  written.log->timestamp.clear();
  written.log->value.clear();
  WriteEventLog(directory.File("log.h5"), written, false);
  const Dataset read = ReadDataset(directory.File("log.h5"));
  EXPECT_FALSE(read.log->has_timestamps());
  EXPECT_TRUE(read.log->value.empty());
}

TEST(EventLogFile, CarriesATestPart) {
  const TempDirectory directory;
  Dataset written = MakeLog(100, 1);
  written.test_log = MakeLog(40, 2).log;
  WriteEventLog(directory.File("log.h5"), written, false);
  const Dataset read = ReadDataset(directory.File("log.h5"));
  ASSERT_TRUE(read.test_log);
  ExpectSameLog(*read.test_log, *written.test_log);
}

TEST(MatrixFile, ReadsBackWhatWasWritten) {
  const TempDirectory directory;
  const Dataset written = MakeMatrix();
  WriteMatrix(directory.File("m.h5"), written, false);
  const Dataset read = ReadDataset(directory.File("m.h5"));
  EXPECT_EQ(read.layout, Layout::kAnnDataCsr);
  EXPECT_EQ(read.users, written.users);
  EXPECT_EQ(read.items, written.items);
  ASSERT_TRUE(read.matrix && read.test_matrix);
  ExpectSameCsr(*read.matrix, *written.matrix);
  ExpectSameCsr(*read.test_matrix, *written.test_matrix);
  EXPECT_EQ(read.duplicates_merged, 0);
}

TEST(DatasetFile, IsTheSameBytesEachTimeAndForAnyNumberOfThreads) {
  const TempDirectory directory;
  const Dataset log = MakeLog(150'000, 1);
  SetNumThreads(1);
  WriteEventLog(directory.File("a.h5"), log, false);
  const std::string fingerprint = ReadDataset(directory.File("a.h5")).fingerprint;
  sleep(1);  // HDF5 would store times in whole seconds
  SetNumThreads(4);
  WriteEventLog(directory.File("b.h5"), log, false);
  EXPECT_EQ(ReadDataset(directory.File("b.h5")).fingerprint, fingerprint);
  SetNumThreads(0);
  EXPECT_EQ(ReadWholeFile(directory.File("a.h5")), ReadWholeFile(directory.File("b.h5")));
}

TEST(DatasetFile, FingerprintTellsDataApart) {
  const TempDirectory directory;
  Dataset log = MakeLog(100, 1);
  WriteEventLog(directory.File("a.h5"), log, false);
  log.log->value[50] += 1;
  WriteEventLog(directory.File("b.h5"), log, false);
  EXPECT_NE(ReadDataset(directory.File("a.h5")).fingerprint,
            ReadDataset(directory.File("b.h5")).fingerprint);
}

TEST(DatasetFile, IsNotReplacedUnlessAsked) {
  const TempDirectory directory;
  const std::string path = directory.File("log.h5");
  WriteWholeFile(path, "precious");
  EXPECT_THROW(WriteEventLog(path, MakeLog(10, 1), false), UsageError);
  EXPECT_EQ(ReadWholeFile(path), "precious");
  WriteEventLog(path, MakeLog(10, 1), true);
  EXPECT_EQ(ReadDataset(path).log->size(), 10);
}

TEST(DatasetFile, LeavesNothingBehindWhereItCannotBeWritten) {
  const TempDirectory directory;
  EXPECT_THROW(WriteEventLog(directory.File("absent/log.h5"), MakeLog(10, 1), false), IoError);
  Dataset bad = MakeLog(10, 1);
  bad.user_columns.push_back({"a/b", std::vector<float>(300, 1.0f)});
  EXPECT_THROW(WriteEventLog(directory.File("log.h5"), bad, false), UsageError);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

// A limit on the size of files stands in for a full disk: both make write() fail half-way.
TEST(DatasetFile, LeavesNothingBehindWhereTheDiskIsFull) {
  const TempDirectory directory;
  const Dataset log = MakeLog(100'000, 1);
  WriteEventLog(directory.File("whole.h5"), log, false);
  const uintmax_t whole = std::filesystem::file_size(directory.File("whole.h5"));
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  for (const uintmax_t limit : {uintmax_t{0}, uintmax_t{100}, whole / 2, whole - 10}) {
    const rlimit small = {limit, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    EXPECT_THROW(WriteEventLog(directory.File("log.h5"), log, false), IoError) << limit;
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1) << limit;
  }
  WriteEventLog(directory.File("log.h5"), log, false);
  EXPECT_EQ(ReadDataset(directory.File("log.h5")).log->size(), 100'000);
}

TEST(DatasetFile, KeepsLongTexts) {
  const TempDirectory directory;
  Dataset written = MakeLog(10, 1);
  std::vector<std::string> texts(70, "short");
  texts[3] = std::string(5000, 'x');
  texts[4] = "";
  written.item_columns.push_back({"description", texts});
  WriteEventLog(directory.File("log.h5"), written, false);
  const Dataset read = ReadDataset(directory.File("log.h5"));
  ASSERT_EQ(read.item_columns.size(), 1u);
  EXPECT_EQ(std::get<std::vector<std::string>>(read.item_columns[0].values), texts);
}

}  // namespace
}  // namespace tidewright
