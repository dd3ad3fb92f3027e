#include "host/data/import/csv_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/time.h"
#include "tests/host/import/ids.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kOrders[] =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "536365,85123A,LANTERN (OLD NAME),6,2010-12-03 08:26:00,2.55,17850,UK\n"
    "536366,71053,\"FRAME 7\"\" SINGLE\",8,2010-12-01 08:28:00,3.39,13047,UK\n"
    "536367,POST,POSTAGE,1,2010-12-01 09:00:00,18,17850,UK\n"
    "536368,71053,FRAME,2,2010-12-01 09:00:00,3.39,,UK\n"
    "C536369,85123A,LANTERN,-2,2010-12-02 09:41:00,2.55,17850,UK\n"
    "536370,85123A,LANTERN,1,2010-12-02 09:41:00,2.55,17850,UK\n";

class CsvImportTest : public ::testing::Test {
 protected:
  CsvImportOptions Orders() const {
    CsvImportOptions options;
    options.path = directory_.File("orders.csv");
    options.user = "CustomerID";
    options.item = "StockCode";
    options.timestamp = "InvoiceDate";
    options.value = "Quantity";
    options.value_abs = true;
    options.default_signal = "purchase";
    options.signal_rules = {{"cancel", "InvoiceNo starts with C"}};
    options.signal_weights = {{"cancel", -1.0f}};
    options.drop_rules = {"StockCode not matches #####*", "Quantity > 1000"};
    options.keep = {{"UnitPrice", "price"}};
    options.item_columns = {{"Description", "title"}};
    options.user_columns = {{"Country", "country"}};
    return options;
  }
  Dataset Read(const std::string& text, const CsvImportOptions& options) {
    WriteWholeFile(directory_.File("orders.csv"), text);
    return ReadCsvLog(options, &summary_, SilentProgress());
  }
  template <class ErrorKind>
  std::string Message(const std::string& text, const CsvImportOptions& options) {
    try {
      Read(text, options);
    } catch (const ErrorKind& error) {
      return error.what();
    }
    return "no error";
  }
  static CsvImportOptions Pairs(const std::string& path) {
    CsvImportOptions options;
    options.path = path;
    options.user = "u";
    options.item = "i";
    return options;
  }
  CsvImportOptions Pairs() const { return Pairs(directory_.File("orders.csv")); }

  TempDirectory directory_;
  ImportSummary summary_;
};

TEST_F(CsvImportTest, ReadsOrdersIntoASortedLog) {
  const Dataset data = Read(kOrders, Orders());
  EXPECT_THAT(Ids(data.users), ElementsAre("17850", "13047"));
  EXPECT_THAT(Ids(data.items), ElementsAre("85123A", "71053"));
  ASSERT_TRUE(data.log.has_value());
  const EventLog& log = *data.log;
  EXPECT_THAT(log.user, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(log.item, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(log.signal_names, ElementsAre("purchase", "cancel"));
  EXPECT_THAT(log.signal, ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(log.value, ElementsAre(2.0f, 1.0f, 6.0f, 8.0f));
  EXPECT_THAT(log.default_signal_weights, ElementsAre(1.0f, -1.0f));
  EXPECT_EQ(FormatTime(log.timestamp[0]), "2010-12-02 09:41:00");
  EXPECT_EQ(FormatTime(log.timestamp[2]), "2010-12-03 08:26:00");
  ASSERT_EQ(log.extra.size(), 1u);
  EXPECT_EQ(log.extra[0].name, "price");
  EXPECT_THAT(log.extra[0].values, ElementsAre(2.55f, 2.55f, 2.55f, 3.39f));
  ASSERT_EQ(data.item_columns.size(), 1u);
  EXPECT_THAT(std::get<std::vector<std::string>>(data.item_columns[0].values),
              ElementsAre("LANTERN", "FRAME 7\" SINGLE"));
  EXPECT_EQ(data.user_columns[0].name, "country");
}

TEST_F(CsvImportTest, CountsEveryLine) {
  Read(kOrders, Orders());
  EXPECT_EQ(summary_.lines, 6);
  EXPECT_EQ(summary_.events, 4);
  EXPECT_THAT(summary_.dropped,
              ElementsAre(Pair("without a user (CustomerID)", 1),
                          Pair("StockCode not matches #####*", 1), Pair("Quantity > 1000", 0)));
  EXPECT_THAT(summary_.signals, ElementsAre(Pair("purchase", 3), Pair("cancel", 1)));
  EXPECT_EQ(FormatTime(summary_.begin), "2010-12-01 08:28:00");
  EXPECT_EQ(FormatTime(summary_.end), "2010-12-03 08:26:00");
}

TEST_F(CsvImportTest, TheResultDependsOnNeitherThreadsNorBlocks) {
  std::string text = "u,i,t,v\n";
  for (int n = 0; n < 600; ++n) {
    text += "user" + std::to_string(n * 7919 % 17) + ",\"item\n" + std::to_string(n * 104729 % 53) +
            "\"," + std::to_string(1'300'000'000 + n * 31337 % 10) + "," + std::to_string(n) + "\n";
  }
  CsvImportOptions options = Pairs();
  options.timestamp = "t";
  options.value = "v";
  options.item_columns = {{"v", "title"}};
  SetNumThreads(1);
  const Dataset expected = Read(text, options);
  ASSERT_EQ(expected.log->size(), 600);
  for (size_t i = 1; i < 600; ++i) {
    if (expected.log->user[i] != expected.log->user[i - 1]) continue;
    ASSERT_LE(expected.log->timestamp[i - 1], expected.log->timestamp[i]);
    if (expected.log->timestamp[i] == expected.log->timestamp[i - 1]) {
      ASSERT_LT(expected.log->value[i - 1], expected.log->value[i]) << "not stable";
    }
  }
  for (const int threads : {1, 2, 8}) {
    for (const size_t block_bytes : {400, 5000}) {
      SetNumThreads(threads);
      options.block_bytes = block_bytes;
      const Dataset data = Read(text, options);
      EXPECT_EQ(data.users, expected.users);
      EXPECT_EQ(data.items, expected.items);
      EXPECT_EQ(data.log->user, expected.log->user);
      EXPECT_EQ(data.log->item, expected.log->item);
      EXPECT_EQ(data.log->timestamp, expected.log->timestamp);
      EXPECT_EQ(data.log->value, expected.log->value);
      EXPECT_EQ(data.item_columns[0].values, expected.item_columns[0].values);
    }
  }
  SetNumThreads(0);
}

TEST_F(CsvImportTest, SuggestsTheNearestColumn) {
  CsvImportOptions options = Orders();
  options.user = "CustomerId";
  EXPECT_THAT(Message<UsageError>(kOrders, options), HasSubstr("did you mean 'CustomerID'?"));
  options = Orders();
  options.drop_rules = {"Stockcode = POST"};
  EXPECT_THAT(Message<UsageError>(kOrders, options), HasSubstr("did you mean 'StockCode'?"));
}

TEST_F(CsvImportTest, NamesTheLineThatIsMalformed) {
  const std::vector<std::pair<std::string, std::string>> kLines = {
      {"1,2,3\n", "3 fields; expected 8"},
      {"1,85123A,X,six,2010-12-03,1,17850,UK\n", "column 'Quantity' is 'six'; expected a number"},
      {"1,85123A,X,6,3 Dec,1,17850,UK\n",
       "column 'InvoiceDate' is '3 Dec'; expected a time as iso"},
      {"1,85123A,X,6,2010-12-03,1e60,17850,UK\n", "column 'UnitPrice' is '1e60'"},
      {"1,85123A,caf\xe9,6,2010-12-03,1,17850,UK\n", "not UTF-8"},
      {"1,85123A,\"X\"Y,6,2010-12-03,1,17850,UK\n", "text follows the closing quote"}};
  for (const auto& [line, what] : kLines) {
    const std::string message = Message<DataError>(kOrders + line, Orders());
    EXPECT_THAT(message, HasSubstr("orders.csv line 8: ")) << line;
    EXPECT_THAT(message, HasSubstr(what)) << line;
    CsvImportOptions options = Orders();
    options.skip_bad_lines = true;
    Read(kOrders + line, options);
    EXPECT_EQ(summary_.events, 4) << line;
    EXPECT_EQ(summary_.dropped.front(), std::make_pair(std::string("malformed lines"), int64_t{1}));
    EXPECT_THAT(summary_.first_bad_line, HasSubstr(what));
  }
}

TEST_F(CsvImportTest, CountsLinesAcrossBlocks) {
  std::string text = "u,i\n";
  for (int n = 0; n < 500; ++n) text += "a,\"b\nc\"\n";
  text += "a\n";
  CsvImportOptions options = Pairs();
  for (const size_t block_bytes : {64, 1000, 100'000}) {
    options.block_bytes = block_bytes;
    EXPECT_THAT(Message<DataError>(text, options), HasSubstr("line 1002: 1 fields; expected 2"));
  }
}

TEST_F(CsvImportTest, AQuoteThatIsNeverClosedIsNotSkipped) {
  CsvImportOptions options = Pairs();
  options.skip_bad_lines = true;
  EXPECT_THAT(Message<DataError>("u,i\na,b\na,\"b\na,b\n", options), HasSubstr("line 3: a quote"));
  options.quotes = false;
  EXPECT_EQ(Read("u,i\na,b\na,\"b\na,b\n", options).log->size(), 3);
}

TEST_F(CsvImportTest, TakesSignalsFromAColumn) {
  CsvImportOptions options = Pairs();
  options.signal = "s";
  const Dataset data = Read("u\ti\ts\na\tx\tview\na\ty\tbuy\nb\tx\t\nb\ty\tview\n", options);
  EXPECT_THAT(data.log->signal_names, ElementsAre("view", "buy"));
  EXPECT_THAT(data.log->signal, ElementsAre(0, 1, 0));
  EXPECT_THAT(summary_.dropped, ElementsAre(Pair("without a signal", 1)));
  EXPECT_FALSE(data.log->has_timestamps());
  EXPECT_TRUE(data.log->value.empty());
  options.signal_weights = {{"vew", 0.1f}};
  EXPECT_THAT(Message<UsageError>("u,i,s\na,x,view\n", options), HasSubstr("'view'?"));
  std::string many = "u,i,s\n";
  for (int n = 0; n < 300; ++n) many += "a,x,s" + std::to_string(n) + "\n";
  options.signal_weights.clear();
  for (const size_t block_bytes : {64, 100'000}) {
    options.block_bytes = block_bytes;
    EXPECT_THAT(Message<DataError>(many, options), HasSubstr("at most 255"));
  }
}

TEST_F(CsvImportTest, WithoutSignalsEveryEventHasTheSame) {
  const Dataset data = Read("u;i\na;x\n", Pairs());
  EXPECT_THAT(data.log->signal_names, ElementsAre("event"));
}

TEST_F(CsvImportTest, ColumnsAreNumberedWithoutAHeader) {
  CsvImportOptions options = Pairs();
  options.header = false;
  options.user = "1";
  options.item = "3";
  const Dataset data = Read("a|0|x\nb|0|y\n", options);
  EXPECT_THAT(Ids(data.users), ElementsAre("a", "b"));
  EXPECT_THAT(Ids(data.items), ElementsAre("x", "y"));
  options.item = "4";
  EXPECT_THAT(Message<UsageError>("a|0|x\n", options), HasSubstr("columns are numbered: 1, 2, 3"));
}

TEST_F(CsvImportTest, LeavesOutUsersWithFewItemsOnTheLinesKept) {
  CsvImportOptions options = Pairs();
  options.timestamp = "t";
  options.value = "v";
  options.drop_rules = {"v < 4"};
  options.keep = {{"v", "stars"}};
  options.item_columns = {{"i", "title"}};
  options.user_columns = {{"u", "name"}};
  options.min_user_items = 2;
  // b has three events of one item; c has two items, one of them on a line that a rule drops.
  const std::string text =
      "u,i,t,v\nb,w,1,5\nb,w,2,5\nb,w,3,5\na,z,9,4\na,y,8,5\na,z,7,4\nc,x,1,5\nc,y,1,3\n"
      "d,y,2,5\nd,x,1,4\n";
  const Dataset data = Read(text, options);
  EXPECT_THAT(Ids(data.users), ElementsAre("a", "d"));
  EXPECT_THAT(Ids(data.items), ElementsAre("z", "y", "x"));
  EXPECT_THAT(data.log->user, ElementsAre(0, 0, 0, 1, 1));
  EXPECT_THAT(data.log->item, ElementsAre(0, 1, 0, 2, 1));
  EXPECT_THAT(data.log->value, ElementsAre(4.0f, 5.0f, 4.0f, 4.0f, 5.0f));
  EXPECT_EQ(data.log->extra[0].values, data.log->value);
  EXPECT_EQ(data.log->signal.size(), 5u);
  EXPECT_EQ(data.log->timestamp[0], 7'000'000);
  EXPECT_THAT(std::get<std::vector<std::string>>(data.item_columns[0].values),
              ElementsAre("z", "y", "x"));
  EXPECT_THAT(std::get<std::vector<std::string>>(data.user_columns[0].values),
              ElementsAre("a", "d"));
  EXPECT_EQ(summary_.events, 5);
  EXPECT_THAT(summary_.dropped,
              ElementsAre(Pair("v < 4", 1), Pair("of 2 users with fewer than 2 items", 4)));
  EXPECT_THAT(summary_.signals, ElementsAre(Pair("event", 5)));

  options.min_user_items = 1;
  EXPECT_EQ(Read(text, options).users.size(), 4);
  options.min_user_items = 3;
  EXPECT_THAT(
      Message<DataError>(text, options),
      HasSubstr("no event is left of 10 lines: 1 v < 4, 9 of 4 users with fewer than 3 items"));
  options.min_user_items = -1;
  EXPECT_THAT(Message<UsageError>(text, options), HasSubstr("--min-user-items -1: expected 0 or"));
}

TEST_F(CsvImportTest, ConvertsLatin1) {
  CsvImportOptions options = Pairs();
  options.latin1 = true;
  EXPECT_THAT(Ids(Read("u,i\na,caf\xe9\n", options).items), ElementsAre("caf\xc3\xa9"));
}

TEST_F(CsvImportTest, RefusesFilesWithNothingToKeep) {
  EXPECT_THAT(Message<DataError>("", Pairs()), HasSubstr("is empty"));
  EXPECT_THAT(Message<DataError>("\n\n", Pairs()), HasSubstr("only blank lines"));
  EXPECT_THAT(Message<DataError>("u,i\n", Pairs()), HasSubstr("no event is left of 0 lines"));
  EXPECT_THAT(Message<DataError>("u,i\n,x\n", Pairs()),
              HasSubstr("no event is left of 1 lines: 1 without a user (u)"));
}

TEST_F(CsvImportTest, RefusesOptionsThatContradict) {
  const std::vector<std::function<void(CsvImportOptions*)>> kChanges = {
      [](CsvImportOptions* o) { o->signal = "Country"; },
      [](CsvImportOptions* o) { o->value.clear(); },
      [](CsvImportOptions* o) { o->timestamp.clear(), o->timestamp_format = "iso"; },
      [](CsvImportOptions* o) {
        o->keep.push_back({"Quantity", "value"});
      },
      [](CsvImportOptions* o) {
        o->keep.push_back({"Quantity", "price"});
      },
      [](CsvImportOptions* o) {
        o->item_columns.push_back({"Country", "a/b"});
      },
      [](CsvImportOptions* o) {
        o->item_columns.push_back({"Country", "id"});
      },
      [](CsvImportOptions* o) { o->drop_rules.push_back("Quantity is odd"); },
      [](CsvImportOptions* o) { o->timestamp_format = "%m/%Q"; },
      [](CsvImportOptions* o) {
        o->signal_weights.push_back({"refund", -1.0f});
      },
      [](CsvImportOptions* o) { o->delimiter = '"'; }};
  for (size_t i = 0; i < kChanges.size(); ++i) {
    CsvImportOptions options = Orders();
    kChanges[i](&options);
    EXPECT_NE(Message<UsageError>(kOrders, options), "no error") << "change " << i;
  }
}

}  // namespace
}  // namespace tidewright
