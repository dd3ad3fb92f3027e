// What readers recommend with an exported model, beside what `tidewright recommend` does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "host/export/export_job.h"
#include "host/export/hnsw/hnsw.h"
#include "host/model/safetensors.h"
#include "tests/interop/readers.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class Recommenders : public ReadersTest {
 protected:
  void Write(const Artifact& artifact) {
    std::filesystem::create_directory(model_);
    WriteArtifactFiles(model_, artifact, {});
  }

  void ExpectSame(const std::string& format, const std::vector<std::string>& options = {}) {
    const std::string out = dir_.File(format);
    std::vector<std::string> arguments{"export", model_, "--format", format, "-o", out};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CliResult exported = RunCli(arguments);
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    ExpectRead(format);
  }

  void ExportWithFactorsBeside(const std::string& format) {
    ExportRequest request;
    request.artifact = model_;
    request.format = format;
    request.output = dir_.File(format);
    request.inline_limit = 1000;
    RunExportJob(request, SilentProgress());
  }

  // What the reader of `format` finds in the directory of that name.
  void ExpectRead(const std::string& format) {
    const std::string out = dir_.File(format);
    const std::string recs = dir_.File("recs.ndjson");
    const CliResult ranked = RunCli({"recommend", model_, "-o", recs});
    ASSERT_EQ(ranked.exit_code, 0) << ranked.err;
    const CliResult read = RunReader("recommenders.py", {format, out, model_, recs});
    ASSERT_EQ(read.exit_code, 0) << read.err;
    EXPECT_THAT(read.out, HasSubstr("the same items but for ties"));
    std::cout << read.out;
  }

  // What vectors.py says of an export with these options.
  void ExpectVectors(const std::string& format, const std::vector<std::string>& options,
                     const std::string& said) {
    const std::string out = dir_.File(format);
    std::vector<std::string> arguments{"export", model_, "--format",   format,
                                       "-o",     out,    "--overwrite"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CliResult exported = RunCli(arguments);
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    const CliResult read = RunReader("vectors.py", {format, out, model_});
    ASSERT_EQ(read.exit_code, 0) << read.err;
    EXPECT_THAT(read.out, HasSubstr(said));
    std::cout << read.out;
  }

  TempDirectory dir_;
  std::string model_ = dir_.File("model");
};

TEST_F(Recommenders, SafetensorsReadsTheSameRecommendations) {
  Write(SmallArtifact(1, 300, 200, 16));
  ExpectSame("safetensors");
}

TEST_F(Recommenders, FaissFindsTheSameRecommendations) {
  Write(SmallArtifact(2, 300, 200, 20));
  ExpectSame("faiss");
}

TEST_F(Recommenders, NarrowVectorsAreReadAndTheCardTellsTheirLoss) {
  Write(SmallArtifact(5, 300, 200, 16));
  for (const std::string format : {"safetensors", "faiss"}) {
    for (const std::string precision : {"fp16", "int8"}) {
      ExpectVectors(format, {"--precision", precision}, format + " " + precision + ": recall@100");
    }
  }
}

TEST_F(Recommenders, TheCosineOfAugmentedVectorsRanksAsTheInnerProduct) {
  Write(SmallArtifact(6, 300, 200, 16));
  for (const std::string format : {"safetensors", "faiss", "ndjson"}) {
    ExpectVectors(format, {"--augment"}, "300 users, the same first 10 by the cosine but for ties");
  }
}

TEST_F(Recommenders, AGraphOfNeighboursFindsWhatTheCardSays) {
  if (!HasLibfaiss()) {
    const char* const what_to_do = "built without libfaiss: configure with -DTIDEWRIGHT_FAISS=ON";
    if (MustRun()) FAIL() << what_to_do;
    GTEST_SKIP() << what_to_do;
  }
  Write(SmallArtifact(7, 300, 2000, 16));
  ExpectVectors("faiss", {"--index", "hnsw"}, "faiss hnsw: recall@100");
  ExpectVectors("faiss", {"--index", "hnsw", "--augment"}, "faiss hnsw: recall@100");
}

// Users can be folded in, with this confidence of what they did.
Artifact Foldable(int64_t users = 300, int64_t items = 200, int64_t factors = 16,
                  const std::string& alpha = "0.1") {
  Artifact artifact = FoldableArtifact(3, users, items, factors);
  artifact.manifest.config = {{"factors", std::to_string(factors)}, {"alpha", alpha}};
  return artifact;
}

TEST_F(Recommenders, OnnxRanksTheSameAndFoldsUnseenUsersIn) {
  Write(Foldable());
  ExpectSame("onnx");
}

// Users of more items than there are factors, with values from 1 to 1000: conjugate gradients are
// then far from the solution after as many steps as there are factors.
TEST_F(Recommenders, OnnxFoldsInAtManyFactorsAndUnequalConfidences) {
  Artifact artifact = Foldable(20, 600, 256, "40");
  Csr& history = *artifact.history;
  for (size_t entry = 0; entry < history.values.size(); ++entry) {
    const auto place = static_cast<float>(history.ids[entry]) / 600;
    history.values[entry] = std::copysign(std::pow(10.0f, 3 * place), history.values[entry]);
  }
  Write(artifact);
  ExpectSame("onnx");
}

TEST_F(Recommenders, DocumentsOfSearchEnginesHoldTheSameVectors) {
  Write(SmallArtifact(4, 300, 200, 16));
  ExpectSame("ndjson");
}

TEST_F(Recommenders, ATritonRepositoryHoldsTheSameGraphs) {
  Write(Foldable());
  ExpectSame("triton");
}

TEST_F(Recommenders, OnnxReadsFactorsThatLieBesideTheGraphs) {
  Write(Foldable());
  ExportWithFactorsBeside("onnx");
  EXPECT_TRUE(std::filesystem::exists(dir_.File("onnx/model.safetensors")));
  EXPECT_LT(std::filesystem::file_size(dir_.File("onnx/recommend.onnx")), 6000u);
  ExpectRead("onnx");
}

TEST_F(Recommenders, ModelsOfATritonRepositoryReadFactorsThatLieBesideThem) {
  Write(Foldable());
  ExportWithFactorsBeside("triton");
  EXPECT_LT(std::filesystem::file_size(dir_.File("triton/recommend/1/model.onnx")), 6000u);
  const SafetensorsReader of_users(InputFile(dir_.File("triton/recommend/1/model.safetensors")));
  EXPECT_TRUE(of_users.Has("user_factors"));
  const SafetensorsReader of_items(InputFile(dir_.File("triton/fold_in/1/model.safetensors")));
  EXPECT_FALSE(of_items.Has("user_factors"));  // users are not in the model that folds them in
  ExpectRead("triton");
}

TEST_F(Recommenders, ATrainedModelIsTheSameEverywhere) {
  const CliResult trained =
      RunCli({"train", "ials", TIDEWRIGHT_SOURCE_DIR "/datasets/online_retail.h5", "-o", model_,
              "--factors", "16", "--epochs", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  for (const std::string format : {"safetensors", "faiss", "onnx"}) ExpectSame(format);
  ExpectSame("ndjson", {"--data", TIDEWRIGHT_SOURCE_DIR "/datasets/online_retail.h5",
                        "--item-columns", "title"});
}

}  // namespace
}  // namespace tidewright
