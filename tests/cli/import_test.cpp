#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "host/core/time.h"
#include "host/data/hdf5/dataset_file.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 200 order lines as Online Retail has them: every tenth without a customer, every twentieth (from
// the fifth on) postage, every eighth a cancellation.
std::string OrderExcerpt() {
  std::string text =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n";
  for (int n = 0; n < 200; ++n) {
    const bool cancelled = n % 8 == 3;
    const std::string number = std::to_string(n);
    const std::string code =
        n % 20 == 5 ? "POST" : std::to_string(85000 + n % 37) + (n % 3 ? "" : "A");
    text += (cancelled ? "C536" : "536") + number + "," + code + ",\"FRAME 7\"\" NO " + code +
            "\"," + (cancelled ? "-" : "") + std::to_string(n % 12 + 1) + ",2010-12-" +
            std::to_string(n % 20 + 10) + " 08:26:00,2.55," +
            (n % 10 == 0 ? "" : std::to_string(17000 + n % 29)) + ",United Kingdom\r\n";
  }
  return text;
}

std::vector<std::string> ImportArguments(const std::string& csv, const std::string& output) {
  return {"import",
          "csv",
          csv,
          "-o",
          output,
          "--user",
          "CustomerID",
          "--item",
          "StockCode",
          "--timestamp",
          "InvoiceDate",
          "--default-signal",
          "purchase",
          "--signal-rule",
          "cancel: InvoiceNo starts with C",
          "--signal-weight",
          "cancel=-1",
          "--value",
          "Quantity",
          "--value-abs",
          "--keep",
          "UnitPrice=price",
          "--item-column",
          "Description=title",
          "--drop-rule",
          "StockCode not matches #####*"};
}

class ImportCommandTest : public ::testing::Test {
 protected:
  std::string File(const std::string& name) const { return directory_.File(name); }

  TempDirectory directory_;
};

TEST_F(ImportCommandTest, MakesTheSampleFromAnExcerpt) {
  WriteWholeFile(File("a.csv"), OrderExcerpt());
  const CliResult result = RunProgram(
      {TIDEWRIGHT_SOURCE_DIR "/datasets/make_online_retail.sh", File("a.csv"), File("a.h5")},
      {{"TIDEWRIGHT", TidewrightBinary()}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("lines               200\n"));
  EXPECT_THAT(result.out, HasSubstr("dropped              20  without a user (CustomerID)\n"));
  EXPECT_THAT(result.out, HasSubstr("dropped              10  StockCode not matches #####*\n"));
  EXPECT_THAT(result.out, HasSubstr("events              170\n"));

  EXPECT_LT(std::filesystem::file_size(File("a.h5")), 100'000u);
  const Dataset data = ReadDataset(File("a.h5"), {.extra_event_columns = true});
  ASSERT_TRUE(data.log.has_value());
  const EventLog& log = *data.log;
  EXPECT_EQ(log.size(), 170);
  EXPECT_THAT(log.signal_names, ElementsAre("purchase", "cancel"));
  EXPECT_THAT(log.default_signal_weights, ElementsAre(1.0f, -1.0f));
  EXPECT_EQ(std::count(log.signal.begin(), log.signal.end(), 1), 25);
  EXPECT_EQ(data.users[0], "17001");
  EXPECT_EQ(data.items[0], "85001");
  ASSERT_EQ(data.item_columns.size(), 1u);
  EXPECT_EQ(std::get<std::vector<std::string>>(data.item_columns[0].values)[0],
            "FRAME 7\" NO 85001");
  EXPECT_EQ(FormatTime(log.timestamp[0]).substr(0, 8), "2010-12-");
  ASSERT_EQ(log.extra.size(), 1u);
  EXPECT_EQ(log.extra[0].name, "price");
}

TEST_F(ImportCommandTest, TheShippedLogHasTheCountsOfItsLicencePage) {
  const Dataset data = ReadDataset(TIDEWRIGHT_SOURCE_DIR "/datasets/online_retail.h5");
  ASSERT_TRUE(data.log.has_value());
  EXPECT_EQ(data.log->size(), 404'909);
  EXPECT_EQ(data.users.size(), 4363);
  EXPECT_EQ(data.items.size(), 3676);
  EXPECT_EQ(std::count(data.log->signal.begin(), data.log->signal.end(), 1), 8539);
  EXPECT_EQ(FormatTime(*std::min_element(data.log->timestamp.begin(), data.log->timestamp.end())),
            "2010-12-01 08:26:00");
}

TEST_F(ImportCommandTest, TheShippedLogComesFromTheWholeCsv) {
  const std::string csv =
      TIDEWRIGHT_SOURCE_DIR "/../shared/data/online_retail/online_retail.csv.gz";
  if (!std::filesystem::exists(csv)) GTEST_SKIP() << csv << " is not there";
  const CliResult result =
      RunProgram({TIDEWRIGHT_SOURCE_DIR "/datasets/make_online_retail.sh", csv, File("a.h5")},
                 {{"TIDEWRIGHT", TidewrightBinary()}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const ReadOptions everything{.extra_event_columns = true};
  const Dataset made = ReadDataset(File("a.h5"), everything);
  const Dataset shipped =
      ReadDataset(TIDEWRIGHT_SOURCE_DIR "/datasets/online_retail.h5", everything);
  EXPECT_EQ(made.fingerprint, shipped.fingerprint);
  EXPECT_EQ(made.log->extra.at(0).values, shipped.log->extra.at(0).values);
  EXPECT_EQ(made.item_columns.at(0).values, shipped.item_columns.at(0).values);
}

TEST_F(ImportCommandTest, WritesTheSameBytesOnAnyNumberOfThreads) {
  WriteWholeFile(File("a.csv"), OrderExcerpt());
  std::vector<std::string> arguments = ImportArguments(File("a.csv"), File("1.h5"));
  arguments.insert(arguments.end(), {"--threads", "1"});
  ASSERT_EQ(RunCli(arguments).exit_code, 0);
  arguments = ImportArguments(File("a.csv"), File("4.h5"));
  arguments.insert(arguments.end(), {"--threads", "4"});
  ASSERT_EQ(RunCli(arguments).exit_code, 0);
  EXPECT_EQ(ReadWholeFile(File("1.h5")), ReadWholeFile(File("4.h5")));
}

TEST_F(ImportCommandTest, ABadLineStopsItAndLeavesNothing) {
  WriteWholeFile(File("a.csv"), OrderExcerpt() + "536999,85001,X,many,2010-12-10,1,17001,UK\r\n");
  CliResult result = RunCli(ImportArguments(File("a.csv"), File("a.h5")));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("a.csv line 202: column 'Quantity' is 'many'"));
  EXPECT_THAT(result.err, HasSubstr("--skip-bad-lines"));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    ++files;
    EXPECT_EQ(entry.path().filename(), "a.csv");
  }
  EXPECT_EQ(files, 1);

  std::vector<std::string> arguments = ImportArguments(File("a.csv"), File("a.h5"));
  arguments.push_back("--skip-bad-lines");
  result = RunCli(arguments);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("dropped               1  malformed lines\n"));
  EXPECT_THAT(result.err, HasSubstr("a.csv line 202"));
}

TEST_F(ImportCommandTest, RefusesToReplaceAFileUnasked) {
  WriteWholeFile(File("a.csv"), OrderExcerpt());
  WriteWholeFile(File("a.h5"), "mine");
  std::vector<std::string> arguments = ImportArguments(File("a.csv"), File("a.h5"));
  CliResult result = RunCli(arguments);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--overwrite"));
  EXPECT_EQ(ReadWholeFile(File("a.h5")), "mine");
  arguments.push_back("--overwrite");
  EXPECT_EQ(RunCli(arguments).exit_code, 0);
  EXPECT_NE(ReadWholeFile(File("a.h5")), "mine");
}

TEST_F(ImportCommandTest, ExplainsWrongArguments) {
  WriteWholeFile(File("a.csv"), OrderExcerpt());
  const std::vector<std::pair<std::vector<std::string>, std::string>> kCases = {
      {{"--user", "CustomerId"}, "did you mean 'CustomerID'?"},
      {{"--user", "CustomerID", "--signal-rule", "InvoiceNo starts with C"}, "'NAME: RULE'"},
      {{"--user", "CustomerID", "--signal-weight", "event"}, "NAME=WEIGHT"},
      {{"--user", "CustomerID", "--delimiter", "::"}, "--delimiter '::'"},
      {{"--user", "CustomerID", "--encoding", "koi8"}, "--encoding 'koi8'"},
      {{"--user", "CustomerID", "--drop-rule", "Quantity"}, "is no rule"},
      {{"--user", "CustomerID", "--min-user-items", "-2"}, "--min-user-items -2"},
      {{"--user", "CustomerID", "--min-user-items", "five"}, "--min-user-items"}};
  for (const auto& [extra, what] : kCases) {
    std::vector<std::string> arguments = {"import",     "csv",    File("a.csv"), "-o",
                                          File("a.h5"), "--item", "StockCode"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const CliResult result = RunCli(arguments);
    EXPECT_EQ(result.exit_code, 2) << what;
    EXPECT_THAT(result.err, HasSubstr(what));
  }
  EXPECT_EQ(RunCli(ImportArguments(File("nowhere.csv"), File("a.h5"))).exit_code, 5);
}

TEST_F(ImportCommandTest, CountsTheLinesOfUsersWithFewItems) {
  WriteWholeFile(File("a.csv"), "u,i\nanna,tea\nanna,milk\nben,tea\nben,tea\n");
  const CliResult result = RunCli({"import", "csv", File("a.csv"), "-o", File("a.h5"), "--user",
                                   "u", "--item", "i", "--min-user-items", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("dropped               2  of 1 user with fewer than 2 items\n"));
  EXPECT_THAT(ReadDataset(File("a.h5")).log->item, ElementsAre(0, 1));
}

TEST_F(ImportCommandTest, ReadsPairsWithTheirTestPart) {
  WriteWholeFile(File("train.txt"), "0 10 2\n1 2\n");
  WriteWholeFile(File("test.txt"), "1 10 11\n");
  const CliResult result = RunCli(
      {"import", "pairs", File("train.txt"), "--test", File("test.txt"), "-o", File("a.h5")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("training              3  pairs\n"));
  EXPECT_THAT(result.out, HasSubstr("test                  2  pairs\n"));
  const Dataset data = ReadDataset(File("a.h5"));
  ASSERT_TRUE(data.matrix.has_value());
  ASSERT_TRUE(data.test_matrix.has_value());
  EXPECT_EQ(data.items[1], "10");
  EXPECT_THAT(data.matrix->ids, ElementsAre(0, 1, 0));
  EXPECT_THAT(data.test_matrix->ids, ElementsAre(1, 2));
}

}  // namespace
}  // namespace tidewright
