// The commands of host/export/README.md, run as they stand, with programs in the places of servers'
// clients that only take down what they are asked. What its Python prints: tests/interop.

#include "tests/support/export_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/export/hnsw/hnsw.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using PageJson = nlohmann::json;
using Call = std::vector<std::string>;

class ExportPage : public ::testing::Test {
 protected:
  // Every block of commands of these sections, in order, in one shell; what the clients were asked.
  std::vector<Call> RunSections(const std::vector<std::string>& headings) {
    std::string commands;
    for (const std::string& heading : headings) {
      for (const PageBlock& block : BlocksOfPage(heading)) {
        const bool graph = block.text.find("--index hnsw") != std::string::npos;
        if (block.language.empty() && (!graph || HasLibfaiss())) commands += block.text;
      }
    }
    const CliResult ran = folder_.Run(commands);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::vector<Call> calls;
    for (const std::string& call : folder_.Calls()) {
      calls.push_back(PageJson::parse(call).get<Call>());
    }
    return calls;
  }

  // What follows an option of a call; empty where it is not there.
  static std::string After(const Call& call, const std::string& option) {
    const auto found = std::find(call.begin(), call.end(), option);
    return found == call.end() || found + 1 == call.end() ? "" : *(found + 1);
  }
  // The bodies of the requests to an address that ends so.
  std::vector<PageJson> Bodies(const std::vector<Call>& calls, const std::string& address) const {
    std::vector<PageJson> bodies;
    for (const Call& call : calls) {
      const bool meant = std::any_of(call.begin(), call.end(), [&](const std::string& word) {
        return word.ends_with(address);
      });
      const std::string body = meant ? After(call, "-d") : "";
      if (body.starts_with("@")) {
        bodies.push_back(PageJson::parse(ReadWholeFile(folder_.File(body.substr(1)))));
      } else if (!body.empty()) {
        bodies.push_back(PageJson::parse(body));
      }
    }
    return bodies;
  }
  PageJson ReadJson(const std::string& name) const {
    return PageJson::parse(ReadWholeFile(folder_.File(name)));
  }
  bool Exists(const std::string& name) const { return std::filesystem::exists(folder_.File(name)); }

  PageFolder folder_;
};

TEST_F(ExportPage, AsksSearchEnginesForWhatTheyTake) {
  const std::vector<Call> calls = RunSections({"ndjson"});
  std::vector<size_t> dimensions;  // of mappings and of the vectors that are asked for
  for (const PageJson& mapping : Bodies(calls, "/items")) {
    const PageJson& vector = mapping["mappings"]["properties"]["vector"];
    dimensions.push_back(vector.value("dimension", vector.value("dims", 0)));
  }
  const std::vector<PageJson> searches = Bodies(calls, "/items/_search");
  ASSERT_EQ(searches.size(), 2u);
  dimensions.push_back(searches[0]["query"]["knn"]["vector"]["vector"].size());
  dimensions.push_back(searches[1]["knn"]["query_vector"].size());
  std::vector<std::string> bulks;
  Call deployed;
  for (const Call& call : calls) {
    const std::string file = After(call, "--data-binary");
    if (!file.empty()) {
      EXPECT_THAT(call, ::testing::Contains(HasSubstr("/_bulk?refresh=true")));
      bulks.push_back(file.substr(1));
    }
    if (call[0] == "vespa") deployed.push_back(call[1] + " " + call.back());
    const std::string query = "input.query(user)=";
    if (call.back().starts_with(query)) {
      dimensions.push_back(PageJson::parse(call.back().substr(query.size())).size());
      deployed.back() = "query";
    }
  }
  EXPECT_THAT(bulks, ElementsAre("shop.ndjson/bulk.ndjson", "shop.ndjson/bulk.ndjson",
                                 "churn.ndjson/bulk.ndjson"));
  const std::string bulk = ReadWholeFile(folder_.File(bulks[0]));
  EXPECT_EQ(std::count(bulk.begin(), bulk.end(), '\n') % 2, 0);
  const size_t document = bulk.find('\n') + 1;
  const std::string line = bulk.substr(document, bulk.find('\n', document) - document);
  dimensions.push_back(PageJson::parse(line)["vector"].size());
  EXPECT_EQ(dimensions, std::vector<size_t>(6, 64)) << "mappings, searches, Vespa's, a document";
  EXPECT_THAT(deployed,
              ElementsAre("deploy app", "feed shop.ndjson/vespa.jsonl", "query", "deploy app",
                          "feed churn.ndjson/vespa.jsonl", HasSubstr("order by probability")));
  EXPECT_TRUE(Exists("app/schemas/item.sd"));
  EXPECT_THAT(ReadWholeFile(folder_.File("app/services.xml")),
              HasSubstr("<document type=\"item\" mode=\"index\"/><document type=\"customer\""));
  EXPECT_THAT(ReadWholeFile(folder_.File("shop.columns/vespa.jsonl")), HasSubstr("\"title\":\""));
}

// Every field of a customer's document is in the schema and the mapping that the page makes.
TEST_F(ExportPage, DescribesTheDocumentsOfCustomers) {
  const std::vector<Call> calls = RunSections({"ndjson"});
  const std::string puts = ReadWholeFile(folder_.File("churn.ndjson/vespa.jsonl"));
  const PageJson fields = PageJson::parse(puts.substr(0, puts.find('\n')))["fields"];
  const std::string schema = ReadWholeFile(folder_.File("app/schemas/customer.sd"));
  for (const auto& [name, value] : fields.items()) {
    EXPECT_THAT(schema, HasSubstr("    field " + name + " type "));
  }
  for (const auto& [name, value] : fields["reasons"][0].items()) {
    EXPECT_THAT(schema, HasSubstr("      field " + name + " type "));
  }
  const std::vector<PageJson> mappings = Bodies(calls, "/customers");
  ASSERT_EQ(mappings.size(), 1u);
  for (const auto& [name, type] : mappings[0]["mappings"]["properties"].items()) {
    EXPECT_TRUE(fields.contains(name)) << name;
  }
  EXPECT_EQ(Bodies(calls, "/customers/_search").size(), 1u);
}

TEST_F(ExportPage, AsksTritonForTheRowOfTheUserOnceItIsReady) {
  const std::vector<Call> calls = RunSections({"safetensors", "triton"});
  EXPECT_TRUE(Exists("shop.triton/recommend/config.pbtxt"));
  const std::vector<PageJson> bodies = Bodies(calls, "/v2/models/recommend/infer");
  ASSERT_EQ(bodies.size(), 1u);
  const PageJson ids = ReadJson("shop.triton/user_ids.json");
  EXPECT_EQ(bodies[0]["inputs"].size(), 3u);
  EXPECT_EQ(ids[bodies[0]["inputs"][0]["data"][0].get<size_t>()], "17850");
  std::vector<std::string> order;
  for (const Call& call : calls) {
    const bool starts = call[0] == "docker" && call[1] == "run";
    order.push_back(starts ? "start" : call[0] == "docker" ? "stop" : "");
    for (const std::string& word : call) {
      const size_t place = word.find("/v2/");
      if (place != std::string::npos) order.back() = word.substr(place);
    }
    if (starts) {
      EXPECT_THAT(call, ::testing::Contains(::testing::MatchesRegex(
                            "nvcr.io/nvidia/tritonserver:[0-9][0-9].[0-9][0-9]-py3")));
    }
  }
  EXPECT_THAT(order, ElementsAre("start", "/v2/health/ready", "/v2/models/recommend/infer", "stop",
                                 "start", "/v2/health/ready", "/v2/models/score/infer",
                                 "/v2/models/score_fil/infer"));
}

TEST_F(ExportPage, GivesTritonACustomerInTheInputsOfTheConfiguration) {
  const std::vector<Call> calls = RunSections({"safetensors", "triton"});
  const PageJson customer = ReadJson("customer.json");
  const PageJson columns = ReadJson("churn.triton/features.json")["columns"];
  const std::string config = ReadWholeFile(folder_.File("churn.triton/score/config.pbtxt"));
  const PageJson inputs = Bodies(calls, "/v2/models/score/infer").at(0)["inputs"];
  const PageJson fil = Bodies(calls, "/v2/models/score_fil/infer").at(0)["inputs"];
  ASSERT_EQ(inputs.size(), columns.size());
  ASSERT_EQ(fil[0]["data"].size(), columns.size());
  EXPECT_THAT(ReadWholeFile(folder_.File("churn.triton/score_fil/config.pbtxt")),
              HasSubstr("name: \"input__0\" data_type: TYPE_FP32 dims: [ " +
                        std::to_string(columns.size()) + " ]"));
  for (size_t at = 0; at < columns.size(); ++at) {
    const PageJson& input = inputs[at];
    const std::string name = columns[at]["name"];
    const bool text = columns[at]["kind"] == "category";
    EXPECT_EQ(input["name"], name);
    EXPECT_EQ(input["datatype"], text ? "BYTES" : "FP32");
    EXPECT_EQ(input["data"][0], customer[name]);
    EXPECT_THAT(config, HasSubstr("name: \"" + name + "\" data_type: " +
                                  (text ? "TYPE_STRING" : "TYPE_FP32") + " dims: [ 1 ]"));
    const PageJson& code = fil[0]["data"][at];
    EXPECT_EQ(text ? columns[at]["categories"][code.get<size_t>()] : code, customer[name]);
  }
}

TEST_F(ExportPage, RunsTheCommandsOfTheOtherFormats) {
  RunSections({"safetensors", "faiss", "onnx", "xgboost"});
  for (const char* made :
       {"shop.safetensors/model.safetensors", "shop.faiss/items.faiss", "shop.onnx/recommend.onnx",
        "churn.onnx/model.onnx", "churn.xgboost.json", "churn.xgboost.ubj"}) {
    EXPECT_TRUE(Exists(made)) << made;
  }
  EXPECT_EQ(Exists("shop.hnsw/items.faiss"), HasLibfaiss());
}

}  // namespace
}  // namespace tidewright
