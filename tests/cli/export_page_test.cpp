// The commands of host/export/README.md for servers that this machine does not have: run as they
// stand, with programs in the servers' clients' places that only take down what they are asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using PageJson = nlohmann::json;

constexpr char kClient[] =
    "#!/usr/bin/python3\n"
    "import json, os, sys\n"
    "call = [os.path.basename(sys.argv[0])] + sys.argv[1:]\n"
    "print(json.dumps(call), file=open(os.environ['CALLS'], 'a'))\n";

class ExportPage : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string bin = dir_.File("bin");
    std::filesystem::create_directory(bin);
    for (const std::string client : {"curl", "docker", "vespa"}) {
      WriteWholeFile(bin + "/" + client, kClient);
      std::filesystem::permissions(bin + "/" + client, std::filesystem::perms::owner_all);
    }
    std::filesystem::create_symlink(TidewrightBinary(), bin + "/tidewright");
    std::filesystem::create_directory(dir_.File("here"));
    std::filesystem::create_symlink(TIDEWRIGHT_SOURCE_DIR "/datasets", dir_.File("here/datasets"));
  }

  // Every block of commands of the section, in order; what the clients were asked.
  std::vector<std::vector<std::string>> RunSection(const std::string& heading) {
    const std::string page = ReadWholeFile(TIDEWRIGHT_SOURCE_DIR "/host/export/README.md");
    size_t at = page.find("\n## " + heading + "\n");
    const size_t end = page.find("\n## ", at + 1);
    std::string commands = "set -euo pipefail\ncd \"$1\"\n";
    while ((at = page.find("\n```\n", at)) < end) {
      const size_t close = page.find("\n```\n", at + 5);
      if (page[at + 5] != '{') commands += page.substr(at + 5, close - at - 4);
      at = close + 4;
    }
    const std::string path = std::getenv("PATH");
    const CliResult ran = RunProgram({"/bin/bash", "-c", commands, "page", dir_.File("here")},
                                     {{"PATH", dir_.File("bin") + ":" + path},
                                      {"CALLS", dir_.File("calls")},
                                      {"TIDEWRIGHT_EPOCHS", "1"}});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::vector<std::vector<std::string>> calls;
    for (const std::string& line : Lines(ReadWholeFile(dir_.File("calls")))) {
      calls.push_back(PageJson::parse(line).get<std::vector<std::string>>());
    }
    return calls;
  }

  // What follows an option of a call; empty where it is not there.
  static std::string After(const std::vector<std::string>& call, const std::string& option) {
    const auto found = std::find(call.begin(), call.end(), option);
    return found == call.end() || found + 1 == call.end() ? "" : *(found + 1);
  }

  TempDirectory dir_;
};

TEST_F(ExportPage, AsksSearchEnginesForWhatTheyTake) {
  const auto calls = RunSection("ndjson");
  std::vector<size_t> dimensions;  // of mappings and of the vectors that are asked for
  int bulks = 0;
  for (const std::vector<std::string>& call : calls) {
    const std::string text = After(call, "-d");
    const PageJson body = text.empty() ? PageJson() : PageJson::parse(text);
    if (body.contains("mappings")) {
      const PageJson& vector = body["mappings"]["properties"]["vector"];
      dimensions.push_back(vector.value("dimension", vector.value("dims", 0)));
    } else if (body.contains("knn")) {
      dimensions.push_back(body["knn"]["query_vector"].size());
    } else if (body.contains("query")) {
      dimensions.push_back(body["query"]["knn"]["vector"]["vector"].size());
    }
    const std::string file = After(call, "--data-binary");
    if (!file.empty()) {
      const auto lines = Lines(ReadWholeFile(dir_.File("here/" + file.substr(1))));
      EXPECT_EQ(lines.size() % 2, 0u);
      dimensions.push_back(PageJson::parse(lines[1])["vector"].size());
      ++bulks;
    }
    const std::string query = "input.query(user)=";
    if (call.back().starts_with(query)) {
      dimensions.push_back(PageJson::parse(call.back().substr(query.size())).size());
    }
  }
  EXPECT_EQ(bulks, 2);
  EXPECT_EQ(dimensions, std::vector<size_t>(7, 64))
      << "two mappings, bulks, searches; Vespa's query";
  ASSERT_GE(calls.size(), 3u);
  const std::vector<std::string> deploy = {"vespa", "deploy", "app"};
  EXPECT_EQ(calls[calls.size() - 3], deploy);
  EXPECT_TRUE(std::filesystem::exists(dir_.File("here/app/schemas/item.sd")));
  EXPECT_TRUE(std::filesystem::exists(dir_.File("here") + "/" + calls[calls.size() - 2].back()));
  // The churn example of the section has run, too.
  EXPECT_TRUE(std::filesystem::exists(dir_.File("here/churn.ndjson/customers.ndjson")));
}

TEST_F(ExportPage, AsksTritonForTheRowOfTheUser) {
  const auto calls = RunSection("triton");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(dir_.File("here/shop.triton/recommend/config.pbtxt")));
  const PageJson body = PageJson::parse(After(calls[1], "-d"));
  const PageJson ids = PageJson::parse(ReadWholeFile(dir_.File("here/shop.triton/user_ids.json")));
  EXPECT_EQ(body["inputs"].size(), 3u);
  EXPECT_EQ(ids[body["inputs"][0]["data"][0].get<size_t>()], "17850");
}

}  // namespace
}  // namespace tidewright
