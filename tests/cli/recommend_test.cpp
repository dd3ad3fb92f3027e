#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "host/data/hdf5/dataset_file.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class Recommend : public ::testing::Test {
 protected:
  Recommend() : log_(directory_.File("shop.h5")), artifact_(directory_.File("model")) {
    WriteShop(log_);
    TrainWith({});
  }
  void TrainWith(const std::vector<std::string>& flags) {
    const CliResult trained = TrainShop(log_, artifact_, flags);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  CliResult Run(const std::vector<std::string>& flags) const {
    std::vector<std::string> arguments{"recommend", artifact_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunCli(arguments);
  }
  std::vector<Json> Lists(const std::vector<std::string>& flags) const {
    const CliResult result = Run(flags);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<Json> lists;
    for (const std::string& line : Lines(result.out)) lists.push_back(Json::parse(line));
    return lists;
  }
  static std::set<std::string> Items(const Json& list) {
    std::set<std::string> items;
    for (const Json& entry : list["items"]) items.insert(entry["item"].get<std::string>());
    return items;
  }
  // What a user of the shop has, from the log itself; returned or bought.
  std::set<std::string> Known(int user, bool bought) const {
    const Dataset shop = ReadDataset(log_);
    std::set<std::string> items;
    for (int64_t i = 0; i < shop.log->size(); ++i) {
      if (shop.log->user[i] == user && (shop.log->signal[i] == 0) == bought) {
        items.insert(std::string(shop.items[shop.log->item[i]]));
      }
    }
    return items;
  }

  TempDirectory directory_;
  std::string log_;
  std::string artifact_;
};

TEST_F(Recommend, EveryUserGetsAListWithNamesBestFirst) {
  const std::vector<Json> lists = Lists({"-k", "5"});
  ASSERT_EQ(lists.size(), 40u);
  EXPECT_EQ(lists[7]["user"], "u7");
  for (const Json& list : lists) {
    ASSERT_EQ(list["items"].size(), 5u);
    double last = 1e9;
    for (const Json& entry : list["items"]) {
      const std::string number = entry["item"].get<std::string>().substr(1);
      EXPECT_EQ(entry["name"], "Lamp \"No. " + number + "\"");
      EXPECT_LE(entry["score"], last);
      last = entry["score"];
    }
  }
}

TEST_F(Recommend, LeavesOutWhatIsSeenAndAlwaysWhatIsDisliked) {
  for (const Json& list : Lists({"-k", "30"})) {
    const int user = std::stoi(list["user"].get<std::string>().substr(1));
    const std::set<std::string> items = Items(list);
    EXPECT_EQ(items.size(), 20u);
    for (const std::string& item : Known(user, true)) EXPECT_EQ(items.count(item), 0u);
    EXPECT_EQ(items.count(ReturnedItem(user)), 0u);
  }
  for (const Json& list : Lists({"-k", "30", "--include-seen", "--users", "u0,u1"})) {
    const int user = std::stoi(list["user"].get<std::string>().substr(1));
    EXPECT_EQ(Items(list).size(), 29u);
    EXPECT_EQ(Items(list).count(ReturnedItem(user)), 0u);
  }
}

TEST_F(Recommend, AllowAndDenyListsDecideWhatMayAppear) {
  const std::string allow = directory_.File("allow");
  const std::string deny = directory_.File("deny");
  WriteWholeFile(allow, "i1\ni2\r\n\ni3\nunheard-of\n");
  WriteWholeFile(deny, "i2\n");
  const CliResult result = Run({"--allow", allow, "--deny", deny, "--include-seen"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("'unheard-of'"));
  for (const std::string& line : Lines(result.out)) {
    for (const std::string& item : Items(Json::parse(line))) {
      EXPECT_TRUE(item == "i1" || item == "i3") << item;
    }
  }
}

TEST_F(Recommend, UsersComeFromAListOrAFileInItsOrder) {
  const std::string file = directory_.File("users.txt");
  WriteWholeFile(file, "u9\nu3\n");
  for (const std::string& users : {std::string("u9,u3"), file}) {
    const std::vector<Json> lists = Lists({"--users", users});
    ASSERT_EQ(lists.size(), 2u);
    EXPECT_EQ(lists[0]["user"], "u9");
    EXPECT_EQ(lists[1]["user"], "u3");
  }
}

TEST_F(Recommend, UnknownUserIsNamedWithExit3) {
  const CliResult result = Run({"--users", "u1,stranger", "-o", directory_.File("out.ndjson")});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("'stranger'"));
  EXPECT_FALSE(std::filesystem::exists(directory_.File("out.ndjson")));
}

TEST_F(Recommend, FilesAppearWholeAndReplaceOldOnes) {
  const std::string path = directory_.File("recs.ndjson");
  WriteWholeFile(path, "old");
  const CliResult result = Run({"-o", path});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(ReadWholeFile(path), Run({"-o", "-"}).out);
  // The log, the model, the file: nothing is left over.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 3);
}

TEST_F(Recommend, Hdf5HoldsTheSameListsAsNdjson) {
  const std::string path = directory_.File("recs.h5");
  ASSERT_EQ(Run({"-k", "4", "-o", path}).exit_code, 0);
  const std::string script =
      "import sys, json, h5py\n"
      "with h5py.File(sys.argv[1]) as f:\n"
      "    users, items = f['users/id'].asstr()[:], f['items/id'].asstr()[:]\n"
      "    lists = {u: [] for u in users}\n"
      "    r = f['recommendations']\n"
      "    for u, i, s in zip(r['user'][:], r['item'][:], r['score'][:]):\n"
      "        lists[users[u]].append([items[i], float(s)])\n"
      "print(json.dumps(lists))\n";
  const CliResult read = RunProgram({"/usr/bin/python3", "-c", script, path});
  ASSERT_EQ(read.exit_code, 0) << read.err;
  const Json lists = Json::parse(read.out);
  ASSERT_EQ(lists.size(), 40u);
  for (const Json& list : Lists({"-k", "4"})) {
    const Json& other = lists.at(list["user"].get<std::string>());
    ASSERT_EQ(other.size(), list["items"].size());
    for (size_t rank = 0; rank < other.size(); ++rank) {
      EXPECT_EQ(other[rank][0], list["items"][rank]["item"]);
      EXPECT_FLOAT_EQ(other[rank][1].get<float>(), list["items"][rank]["score"].get<float>());
    }
  }
}

TEST_F(Recommend, UnseenUsersAreFoldedInFromTheirItems) {
  const std::string path = directory_.File("new.ndjson");
  WriteWholeFile(path,
                 "{\"user\":\"new\",\"items\":[\"i0\",\"i2\",\"i4\",\"i6\"]}\n"
                 "{\"user\":7,\"items\":[\"unheard-of\"]}\n");
  const std::vector<Json> lists = Lists({"--fold-in", path, "-k", "5"});
  ASSERT_EQ(lists.size(), 2u);
  EXPECT_EQ(lists[0]["user"], "new");
  for (const std::string& item : Items(lists[0])) {
    EXPECT_EQ(std::stoi(item.substr(1)) % 2, 0) << item << " is not of the taste folded in";
    EXPECT_TRUE(item != "i0" && item != "i2" && item != "i4" && item != "i6") << item;
  }
  EXPECT_EQ(lists[1]["user"], "7");
  EXPECT_TRUE(lists[1]["items"].empty()) << "nothing is known of this user";
  EXPECT_EQ(Lists({"--fold-in", path, "--users", "u1"}).size(), 3u);
}

TEST_F(Recommend, MalformedFoldInFileNamesTheLine) {
  const std::string path = directory_.File("new.ndjson");
  WriteWholeFile(path, "{\"user\":\"new\",\"items\":[]}\n{\"user\":\"new\"}\n");
  const CliResult result = Run({"--fold-in", path});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("line 2"));
}

TEST_F(Recommend, WithoutHistoryTheLogIsAskedFor) {
  const std::vector<Json> before = Lists({});
  TrainWith({"--no-history"});
  const CliResult refused = Run({});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(Lines(refused.err).back(), HasSubstr("--data"));
  EXPECT_EQ(Lists({"--data", log_}), before);
}

TEST_F(Recommend, ARunThatWasEndedGoesOnBehindItsLastWholeLine) {
  const std::string path = directory_.File("recs.ndjson");
  const std::string whole = Run({"-o", "-", "-k", "7"}).out;
  // A limit on the size of files, 4 KB, ends the first run in the middle of a line.
  std::vector<std::string> limited{"/bin/sh", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh",
                                   TidewrightBinary()};
  limited.insert(limited.end(), {"recommend", artifact_, "-o", path, "-k", "7", "--resume"});
  const CliResult ended = RunProgram(limited);
  EXPECT_EQ(ended.exit_code, 5) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("File too large"));
  EXPECT_FALSE(std::filesystem::exists(path));
  const std::string half = ReadWholeFile(path + ".partial");
  ASSERT_EQ(half, whole.substr(0, 4096));

  const CliResult other = Run({"-o", path, "-k", "8", "--resume"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("is of a run with another model, other options or other data"));
  const CliResult hashed = Run({"-o", path, "-k", "7", "--resume", "--hash-ids", "salt"});
  EXPECT_EQ(hashed.exit_code, 2) << hashed.err;
  EXPECT_EQ(ReadWholeFile(path + ".partial"), half);

  const CliResult resumed = Run({"-o", path, "-k", "7", "--resume"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto done = std::count(half.begin(), half.end(), '\n');
  ASSERT_GT(done, 5);
  EXPECT_THAT(resumed.err, HasSubstr("going on after " + std::to_string(done) + " users"));
  EXPECT_EQ(ReadWholeFile(path), whole);
  // The log, the model, the file: nothing is left over.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 3);
  EXPECT_THAT(Run({"-o", "-", "--resume"}).err, HasSubstr("give --output FILE"));
}

TEST_F(Recommend, AnOutputThatCannotBeIsToldBeforeAnythingIsRead) {
  std::filesystem::create_directory(directory_.File("folder"));
  for (const std::string name : {"folder", "nowhere/recs.ndjson", "nowhere/recs.h5"}) {
    for (const bool resume : {false, true}) {
      std::vector<std::string> arguments{"recommend", directory_.File("no such model"), "-o",
                                         directory_.File(name)};
      if (resume)
        arguments = {
            "recommend",           artifact_, "--data", directory_.File("no such log"), "-o",
            directory_.File(name), "--resume"};
      const CliResult refused = RunCli(arguments);
      EXPECT_EQ(refused.exit_code, name == "folder" ? 2 : 5) << refused.err;
      EXPECT_THAT(Lines(refused.err).back(), HasSubstr(directory_.File(name)));
    }
  }
}

TEST_F(Recommend, TableIsForPeople) {
  const CliResult result = Run({"--table", "--users", "u5", "-k", "3"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("user u5\n"));
  EXPECT_THAT(result.out, HasSubstr("Lamp \"No. "));
  EXPECT_EQ(Lines(result.out).size(), 4u);
}

}  // namespace
}  // namespace tidewright
