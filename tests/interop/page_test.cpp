// host/export/README.md from its commands to what its Python prints.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "host/export/hnsw/hnsw.h"
#include "tests/interop/readers.h"
#include "tests/support/export_page.h"

namespace tidewright {
namespace {

using ::testing::StartsWith;

class PageAnswers : public ReadersTest {
 protected:
  // Runs the section's blocks in their order; what each of Python prints.
  std::vector<std::string> RunSection(const std::string& heading) {
    std::vector<std::string> printed;
    for (const PageBlock& block : BlocksOfPage(heading)) {
      const bool graph = block.text.find("--index hnsw") != std::string::npos;
      if (graph && !HasLibfaiss()) continue;
      const bool python = block.language == "python";
      const CliResult ran =
          python ? RunWithXgboost("3.4.1", block.text, folder_.path()) : folder_.Run(block.text);
      EXPECT_EQ(ran.exit_code, 0) << block.text << ran.err;
      if (python) printed.push_back(ran.out);
    }
    return printed;
  }

  // What `tidewright score` says of the first customer of the table with the model of the page.
  double ScoreOfFirst() const {
    const CliResult scored = folder_.Run("tidewright score churn datasets/telco.h5");
    EXPECT_EQ(scored.exit_code, 0) << scored.err;
    return nlohmann::json::parse(scored.out.substr(0, scored.out.find('\n')))["probability"];
  }

  PageFolder folder_;
};

// What Triton would do with the page's requests: by the readers of its models' files.
constexpr char kAnswers[] = R"(
import json
import numpy
import onnxruntime
import xgboost

feeds = {}
for given in json.load(open("score.json"))["inputs"]:
    kind = object if given["datatype"] == "BYTES" else numpy.float32
    feeds[given["name"]] = numpy.array(given["data"], dtype=kind).reshape(given["shape"])
session = onnxruntime.InferenceSession("churn.triton/score/1/model.onnx")
print(session.run(["probability"], feeds)[0][0, 0])
given, = json.load(open("score_fil.json"))["inputs"]
model = xgboost.Booster(model_file="churn.triton/score_fil/1/xgboost.json")
rows = numpy.array(given["data"], dtype=numpy.float32).reshape(given["shape"])
data = xgboost.DMatrix(rows, feature_names=model.feature_names, feature_types=model.feature_types,
                       enable_categorical=True)
print(model.predict(data)[0])
)";

TEST_F(PageAnswers, TritonsRequestsGiveTheScoreOfTheCustomer) {
  RunSection("safetensors");
  RunSection("triton");
  const CliResult answered = RunWithXgboost("3.4.1", kAnswers, folder_.path());
  ASSERT_EQ(answered.exit_code, 0) << answered.err;
  std::istringstream answers(answered.out);
  double graph = 0;
  double trees = 0;
  ASSERT_TRUE(answers >> graph >> trees) << answered.out;
  EXPECT_NEAR(graph, ScoreOfFirst(), 1e-6);
  EXPECT_NEAR(trees, ScoreOfFirst(), 1e-6);
}

TEST_F(PageAnswers, RecommendersAndClassifiersAlikeInEveryFormat) {
  const std::vector<std::string> safetensors = RunSection("safetensors");
  ASSERT_EQ(safetensors.size(), 2u);
  EXPECT_THAT(safetensors[0], StartsWith("['"));
  EXPECT_NEAR(std::stod(safetensors[1]), ScoreOfFirst(), 1e-6);
  const std::vector<std::string> faiss = RunSection("faiss");
  ASSERT_EQ(faiss.size(), 1u);
  EXPECT_EQ(faiss[0], safetensors[0]);
  const std::vector<std::string> onnx = RunSection("onnx");
  ASSERT_EQ(onnx.size(), 2u);
  EXPECT_EQ(onnx[0], safetensors[0]);
  EXPECT_NEAR(std::stod(onnx[1]), ScoreOfFirst(), 1e-6);
}

}  // namespace
}  // namespace tidewright
