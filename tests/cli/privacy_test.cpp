// What a model does not need of a log or a table is in none of its files: searched for in all of
// them.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

// Texts that stand nowhere but in the columns they are of; ids that no number of a file looks like.
constexpr char kUserText[] = "Ruritania";
constexpr char kItemText[] = "SECRETSHELF";
constexpr char kUserId[] = "customer<";
constexpr char kDropped[] = "Hentzau Street";
constexpr char kUnread[] = "widowed";

std::string EveryFile(const std::string& directory) {
  std::string bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    bytes += entry.path().filename().string() + "\n";
    if (entry.is_regular_file()) bytes += ReadWholeFile(entry.path().string());
  }
  return bytes;
}

class Privacy : public ::testing::Test {
 protected:
  void MakeLog() {
    std::string csv = "user,item,date,what,country,shelf\n";
    for (int user = 0; user < 60; ++user) {
      for (int visit = 0; visit <= user % 9 + 1; ++visit) {
        const int month = 1 + (user + visit) % (user % 3 == 0 ? 6 : 12);
        const int day = 1 + (7 * user + 5 * visit) % 28;
        csv += kUserId + std::to_string(user) + ">,i" + std::to_string((user + 3 * visit) % 20) +
               ",2021-" + (month < 10 ? "0" : "") + std::to_string(month) + "-" +
               (day < 10 ? "0" : "") + std::to_string(day) + ",buy," + kUserText + "," + kItemText +
               "\n";
      }
    }
    WriteWholeFile(dir_.File("log.csv"), csv);
    Expect(RunCli({"import", "csv", dir_.File("log.csv"), "-o", log_, "--user", "user", "--item",
                   "item", "--timestamp", "date", "--signal", "what", "--user-column", "country",
                   "--item-column", "shelf"}));
    const std::string script =
        "import sys, h5py\n"
        "with h5py.File(sys.argv[1]) as f: print(f['users/country'][0], f['items/shelf'][0])\n";
    const CliResult read = RunProgram({"/usr/bin/python3", "-c", script, log_});
    ASSERT_NE(read.out.find(kUserText), std::string::npos) << read.err;
    ASSERT_NE(read.out.find(kItemText), std::string::npos) << read.err;
  }
  static void Expect(const CliResult& result) { ASSERT_EQ(result.exit_code, 0) << result.err; }

  void Train(const std::string& algorithm, const std::string& data,
             const std::vector<std::string>& more) {
    std::filesystem::remove_all(model_);
    std::vector<std::string> command{"train", algorithm, data, "-o", model_};
    command.insert(command.end(), more.begin(), more.end());
    Expect(RunCli(command));
  }
  // The artifact and its exports hold none of these texts.
  void ExpectNone(const std::vector<std::string>& formats, const std::vector<const char*>& texts,
                  const std::vector<std::string>& more = {}) {
    std::string bytes = EveryFile(model_);
    for (const std::string& format : formats) {
      const std::string out = dir_.File(format + ".ubj");
      std::vector<std::string> command{"export", model_, "--format",   format,
                                       "-o",     out,    "--overwrite"};
      command.insert(command.end(), more.begin(), more.end());
      Expect(RunCli(command));
      bytes += std::filesystem::is_directory(out) ? EveryFile(out) : ReadWholeFile(out);
    }
    for (const char* text : texts) EXPECT_EQ(bytes.find(text), std::string::npos) << text;
  }

  TempDirectory dir_;
  std::string log_ = dir_.File("log.h5");
  std::string model_ = dir_.File("model");
};

TEST_F(Privacy, ARecommenderHoldsIdsAndNothingElseOfUsersOrItems) {
  MakeLog();
  Train("ials", log_, {"--factors", "4", "--epochs", "2"});
  ExpectNone({"safetensors", "faiss", "onnx", "triton", "ndjson"}, {kUserText, kItemText});
  EXPECT_NE(EveryFile(model_).find(kUserId), std::string::npos);
}

TEST_F(Privacy, ARecommendersDocumentsHoldTheColumnsThatWereAskedForAlone) {
  MakeLog();
  Train("ials", log_, {"--factors", "4", "--epochs", "2"});
  ExpectNone({"ndjson"}, {kUserText}, {"--data", log_, "--item-columns", "shelf"});
  EXPECT_NE(EveryFile(dir_.File("ndjson.ubj")).find(kItemText), std::string::npos);
}

TEST_F(Privacy, WhereTheDataLayIsInRunJsonAloneAndInNoExport) {
  MakeLog();
  const auto expect = [&](const std::vector<std::string>& formats,
                          const std::vector<std::string>& more) {
    std::filesystem::remove(model_ + "/run.json");
    const char* path = dir_.path().c_str();
    ExpectNone(formats, {path}, more);
  };
  Train("ials", log_, {"--factors", "4", "--epochs", "2"});
  expect({"safetensors", "faiss", "onnx", "triton"}, {});
  expect({"ndjson"}, {"--data", log_, "--item-columns", "shelf"});
  Train("gbdt", log_, {"--cutoff", "2021-08-01", "--horizon", "60d"});
  EXPECT_NE(ReadWholeFile(model_ + "/run.json").find(log_), std::string::npos);
  expect({"safetensors", "onnx", "triton", "xgboost", "xgboost-ubj"}, {});
  expect({"ndjson"}, {"--data", log_, "--at", "2021-08-01"});
}

TEST_F(Privacy, AChurnModelOfALogHoldsNoCustomer) {
  MakeLog();
  const std::vector<std::string> from_log = {"--cutoff", "2021-08-01", "--horizon", "60d"};
  const std::vector<const char*> texts = {kUserText, kItemText, kUserId};
  Train("gbdt", log_, from_log);
  ExpectNone({"safetensors", "onnx", "triton", "xgboost", "xgboost-ubj"}, texts);
  // Documents of customers hold their ids, and with a salt not even those.
  const std::vector<std::string> customers = {"--data", log_, "--at", "2021-08-01"};
  std::vector<std::string> hashed = customers;
  hashed.insert(hashed.end(), {"--hash-ids", "a salt"});
  const auto expect_documents = [&] {
    ExpectNone({"ndjson"}, {kUserText, kItemText}, customers);
    EXPECT_NE(EveryFile(dir_.File("ndjson.ubj")).find(kUserId), std::string::npos);
    ExpectNone({"ndjson"}, texts, hashed);
  };
  expect_documents();
  Train("logistic", log_, from_log);
  ExpectNone({"safetensors", "onnx", "triton"}, texts);
  Train("hazard", log_, {"--cutoff", "2021-08-01", "--horizon", "60d", "--periods", "30,60"});
  ExpectNone({}, texts);
  expect_documents();
  Train("bgnbd", log_, {"--cutoff", "2021-08-01", "--penalty", "0.01"});
  ExpectNone({}, texts);
  expect_documents();
}

TEST_F(Privacy, AChurnModelOfATableHoldsNoCustomerAndNoColumnThatWasLeftOut) {
  std::string csv = "id,street,family,plan,months,gone\n";
  for (int row = 0; row < 200; ++row) {
    csv += kUserId + std::to_string(row) + ">," + kDropped + " " + std::to_string(row) + "," +
           (row % 3 == 0 ? kUnread : "single") + (row % 2 == 0 ? ",paid," : ",free,") +
           std::to_string(row % 40) + (row % 40 < 12 ? ",yes\n" : ",no\n");
  }
  WriteWholeFile(dir_.File("table.csv"), csv);
  const std::string table = dir_.File("table.h5");
  Expect(RunCli({"import", "table", dir_.File("table.csv"), "-o", table, "--label", "gone=yes",
                 "--id", "id", "--drop", "street", "--drop", "family"}));
  for (const std::string algorithm : {"gbdt", "logistic"}) {
    Train(algorithm, table, {});
    ExpectNone({"safetensors", "onnx", "triton"}, {kUserId, kDropped, kUnread});
  }
}

}  // namespace
}  // namespace tidewright
