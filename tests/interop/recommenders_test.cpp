// What readers recommend with an exported model, beside what `tidewright recommend` does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "host/export/export_job.h"
#include "host/export/hnsw/hnsw.h"
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
  if (!HasLibfaiss()) GTEST_SKIP() << "built without libfaiss";
  Write(SmallArtifact(7, 300, 2000, 16));
  ExpectVectors("faiss", {"--index", "hnsw"}, "faiss hnsw: recall@100");
  ExpectVectors("faiss", {"--index", "hnsw", "--augment"}, "faiss hnsw: recall@100");
}

TEST_F(Recommenders, OnnxRanksTheSameAndFoldsUnseenUsersIn) {
  Write(FoldableArtifact(3, 300, 200, 16));
  ExpectSame("onnx");
}

TEST_F(Recommenders, DocumentsOfSearchEnginesHoldTheSameVectors) {
  Write(SmallArtifact(4, 300, 200, 16));
  ExpectSame("ndjson");
}

TEST_F(Recommenders, ATritonRepositoryHoldsTheSameGraphs) {
  Write(FoldableArtifact(3, 300, 200, 16));
  ExpectSame("triton");
}

TEST_F(Recommenders, OnnxReadsFactorsThatLieBesideTheGraphs) {
  Write(FoldableArtifact(3, 300, 200, 16));
  ExportRequest request;
  request.artifact = model_;
  request.format = "onnx";
  request.output = dir_.File("onnx");
  request.inline_limit = 1000;
  RunExportJob(request, SilentProgress());
  EXPECT_TRUE(std::filesystem::exists(dir_.File("onnx/model.safetensors")));
  EXPECT_LT(std::filesystem::file_size(dir_.File("onnx/recommend.onnx")), 6000u);
  ExpectRead("onnx");
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
