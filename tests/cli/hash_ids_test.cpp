#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "host/core/id_hash.h"
#include "host/data/hdf5/table_file.h"
#include "tests/cli/shop.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSalt[] = "the salt of this test";

class HashIds : public ::testing::Test {
 protected:
  void SetUp() override {
    Artifact artifact = SmallArtifact(1, 20, 30, 4);
    artifact.users = IdTable();
    artifact.items = IdTable();
    for (int row = 0; row < 20; ++row) artifact.users.Add("customer-" + std::to_string(row));
    for (int row = 0; row < 30; ++row) artifact.items.Add("product-" + std::to_string(row));
    std::filesystem::create_directory(dir_.File("factors"));
    WriteArtifactFiles(dir_.File("factors"), artifact, {});
    std::filesystem::create_directory(dir_.File("trees"));
    WriteArtifactFiles(dir_.File("trees"), TreeArtifact(RandomTrees(5, 3, 1), TreeColumns()), {});
  }

  // Of every file, however deep.
  static std::string Everything(const std::string& directory) {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (entry.is_regular_file()) bytes += ReadWholeFile(entry.path().string());
    }
    return bytes;
  }

  TempDirectory dir_;
};

TEST_F(HashIds, NoFormatHoldsAnIdOrTheSalt) {
  for (const std::string format : {"safetensors", "faiss", "onnx", "triton", "ndjson"}) {
    const std::string out = dir_.File(format);
    const CliResult plain = RunCli({"export", dir_.File("factors"), "--format", format, "-o", out});
    ASSERT_EQ(plain.exit_code, 0) << plain.err;
    for (const char* id : {"customer-7", "product-23"}) {
      EXPECT_THAT(Everything(out), HasSubstr(id)) << format;
    }
    const CliResult hashed = RunCli({"export", dir_.File("factors"), "--format", format, "-o", out,
                                     "--overwrite", "--hash-ids", kSalt});
    ASSERT_EQ(hashed.exit_code, 0) << hashed.err;
    const std::string bytes = Everything(out);
    for (const char* raw : {"customer-", "product-", kSalt}) {
      EXPECT_EQ(bytes.find(raw), std::string::npos) << format << ": " << raw;
    }
    EXPECT_THAT(bytes, HasSubstr(HashedId(IdKind::kUser, "customer-7", kSalt))) << format;
    EXPECT_THAT(bytes, HasSubstr(HashedId(IdKind::kItem, "product-23", kSalt))) << format;
    EXPECT_THAT(ReadWholeFile(out + "/README.md"), HasSubstr("Ids are hashed: HMAC-SHA256"));
  }
}

TEST_F(HashIds, TheSaltIsInNoExportOfAClassifier) {
  WriteFeatureTable(dir_.File("table.h5"), RandomTable(100, 1), true);
  const CliResult trained =
      RunCli({"train", "gbdt", dir_.File("table.h5"), "-o", dir_.File("churn"), "--epochs", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const CliResult hashed =
      RunCli({"export", dir_.File("churn"), "--format", "ndjson", "--data", dir_.File("table.h5"),
              "-o", dir_.File("customers"), "--hash-ids", kSalt});
  ASSERT_EQ(hashed.exit_code, 0) << hashed.err;
  EXPECT_EQ(Everything(dir_.File("customers")).find(kSalt), std::string::npos);
  for (const std::string format : {"safetensors", "onnx", "triton", "xgboost"}) {
    const std::string out = dir_.File("of " + format);
    const CliResult refused =
        RunCli({"export", dir_.File("trees"), "--format", format, "-o", out, "--hash-ids", kSalt});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--hash-ids: format " + format +
                                       " of a model of kind trees holds no ids; leave it out"));
    EXPECT_FALSE(std::filesystem::exists(out));
  }
}

TEST_F(HashIds, TrainExportsHashedIds) {
  WriteShop(dir_.File("shop.h5"));
  const std::string model = dir_.File("shop");
  const auto train = [&](std::vector<std::string> more, const std::string& variable) {
    std::vector<std::pair<std::string, std::string>> environment;
    if (!variable.empty()) environment.emplace_back("TIDEWRIGHT_HASH_IDS", variable);
    more.insert(more.end(), {"--epochs", "1"});
    return TrainShop(dir_.File("shop.h5"), model, more, environment);
  };
  const CliResult by_flag = train({"--export", "faiss,ndjson", "--hash-ids", kSalt}, "");
  ASSERT_EQ(by_flag.exit_code, 0) << by_flag.err;
  for (const std::string format : {"faiss", "ndjson"}) {
    const std::string bytes = Everything(model + "." + format);
    EXPECT_THAT(bytes, HasSubstr(HashedId(IdKind::kUser, "u7", kSalt))) << format;
    EXPECT_THAT(bytes, HasSubstr(HashedId(IdKind::kItem, "i3", kSalt))) << format;
    for (const char* raw : {"\"u7\"", "\"i3\"", kSalt}) {
      EXPECT_EQ(bytes.find(raw), std::string::npos) << format << raw;
    }
  }
  EXPECT_EQ(Everything(model).find(kSalt), std::string::npos);
  const std::string ids = ReadWholeFile(model + ".faiss/user_ids.json");
  const CliResult by_variable = train({"--export", "faiss"}, kSalt);
  ASSERT_EQ(by_variable.exit_code, 0) << by_variable.err;
  EXPECT_EQ(ReadWholeFile(model + ".faiss/user_ids.json"), ids);
  // Without an export there is nothing to hash: a variable is for other commands then.
  EXPECT_EQ(train({}, kSalt).exit_code, 0);
  const CliResult nothing = train({"--hash-ids", kSalt}, "");
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--hash-ids is for the ids that --export writes"));
  EXPECT_THAT(train({"--export", "faiss", "--hash-ids", ""}, "").err,
              HasSubstr("the salt is empty"));
}

TEST_F(HashIds, RecommendationsAndScoresJoinWithExports) {
  const CliResult recommended = RunCli(
      {"recommend", dir_.File("factors"), "--include-seen", "--users", "customer-7", "-k", "30"},
      {{"TIDEWRIGHT_HASH_IDS", kSalt}});
  ASSERT_EQ(recommended.exit_code, 0) << recommended.err;
  EXPECT_THAT(recommended.out,
              HasSubstr("{\"user\":\"" + HashedId(IdKind::kUser, "customer-7", kSalt) +
                        "\",\"items\":[{\"item\":\""));
  EXPECT_THAT(recommended.out,
              HasSubstr("\"item\":\"" + HashedId(IdKind::kItem, "product-24", kSalt) + "\""));
  EXPECT_THAT(recommended.out, Not(HasSubstr("product-")));

  WriteFeatureTable(dir_.File("table.h5"), RandomTable(100, 1), true);
  const CliResult trained =
      RunCli({"train", "gbdt", dir_.File("table.h5"), "-o", dir_.File("churn"), "--epochs", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto score = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"score", dir_.File("churn"), dir_.File("table.h5")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const CliResult result = RunCli(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Lines(result.out);
  };
  const std::vector<std::string> plain = score({});
  const std::vector<std::string> hashed = score({"--hash-ids", kSalt});
  ASSERT_EQ(plain.size(), 100u);
  ASSERT_EQ(hashed.size(), 100u);
  for (size_t row = 0; row < plain.size(); ++row) {
    const size_t end = plain[row].find('"', 7);
    EXPECT_EQ(hashed[row], "{\"id\":\"" +
                               HashedId(IdKind::kUser, plain[row].substr(7, end - 7), kSalt) +
                               plain[row].substr(end));
  }
}

TEST_F(HashIds, AnEmptySaltIsRefused) {
  const std::vector<std::string> arguments{"export", dir_.File("factors"), "--format", "faiss",
                                           "-o",     dir_.File("out")};
  std::vector<std::string> flag = arguments;
  flag.insert(flag.end(), {"--hash-ids", ""});
  for (const CliResult& refused :
       {RunCli(flag), RunCli(arguments, {{"TIDEWRIGHT_HASH_IDS", ""}})}) {
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--hash-ids: the salt is empty"));
    EXPECT_FALSE(std::filesystem::exists(dir_.File("out")));
  }
}

}  // namespace
}  // namespace tidewright
