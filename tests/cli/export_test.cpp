#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "host/data/hdf5/table_file.h"
#include "host/export/hnsw/hnsw.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class Export : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(dir_.File("trees"));
    WriteArtifactFiles(dir_.File("trees"), TreeArtifact(RandomTrees(5, 3, 1), TreeColumns()), {});
    std::filesystem::create_directory(dir_.File("factors"));
    WriteArtifactFiles(dir_.File("factors"), SmallArtifact(1), {});
    std::filesystem::create_directory(dir_.File("out"));
    output_ = dir_.File("out/x.json");
  }

  CliResult Run(const std::string& artifact, const std::string& format,
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"export", dir_.File(artifact), "--format", format, "-o",
                                       output_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }

  // One line, this exit code, and nothing in the folder but what was there.
  void ExpectRefused(const CliResult& result, int exit_code, const std::string& why) {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_THAT(result.err, StartsWith("tidewright: "));
    EXPECT_THAT(result.err, HasSubstr(why));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(FilesOf(dir_.File("out")), before_);
  }

  TempDirectory dir_;
  std::string output_;
  std::map<std::string, std::string> before_;
};

TEST_F(Export, WritesTheFileAndSaysSo) {
  const CliResult result = Run("trees", "xgboost");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("wrote " + output_));
  EXPECT_THAT(ReadWholeFile(output_), HasSubstr("\"binary:logistic\""));
  EXPECT_THAT(ReadWholeFile(output_ + ".README.md"), StartsWith("---\nlibrary_name: tidewright\n"));
  EXPECT_EQ(FilesOf(dir_.File("out")).size(), 2u);
}

std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST_F(Export, WritesADirectoryWithItsCard) {
  output_ = dir_.File("out/vectors");
  for (const std::string format : {"safetensors", "faiss"}) {
    const CliResult result = Run("factors", format, {"--overwrite"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("wrote " + output_));
    EXPECT_THAT(ReadWholeFile(output_ + "/README.md"),
                HasSubstr("export_format: \"" + format + "\"\n"));
    EXPECT_THAT(NamesIn(dir_.File("out")), ElementsAre("vectors"));
  }
  EXPECT_THAT(NamesIn(output_),
              UnorderedElementsAre("items.faiss", "users.safetensors", "user_ids.json",
                                   "item_ids.json", "item_names.json", "README.md"));
}

TEST_F(Export, ADirectoryIsReplacedOnlyWhereAskedAndOnlyWhereAnExportWroteIt) {
  output_ = dir_.File("out/vectors");
  ASSERT_EQ(Run("factors", "safetensors").exit_code, 0);
  const auto before = FilesOf(output_);
  const CliResult again = Run("factors", "faiss");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("vectors exists; --overwrite replaces it"));
  EXPECT_EQ(FilesOf(output_), before);

  WriteWholeFile(output_ + "/README.md", "# Mine\n");
  const CliResult mine = Run("factors", "faiss", {"--overwrite"});
  EXPECT_EQ(mine.exit_code, 2);
  EXPECT_THAT(mine.err, HasSubstr("is a directory that no export wrote"));
  EXPECT_EQ(ReadWholeFile(output_ + "/README.md"), "# Mine\n");

  output_ = dir_.File("out/file");
  WriteWholeFile(output_, "mine");
  EXPECT_THAT(Run("factors", "faiss", {"--overwrite"}).err,
              HasSubstr("is a file, and the export is a directory"));
  EXPECT_EQ(ReadWholeFile(output_), "mine");
}

TEST_F(Export, ADirectoryThatHoldsMoreThanItsExportStays) {
  output_ = dir_.File("out/repository");
  ASSERT_EQ(Run("trees", "triton").exit_code, 0);
  std::filesystem::create_directory(output_ + "/another_model");
  WriteWholeFile(output_ + "/another_model/config.pbtxt", "mine");
  const CliResult refused = Run("trees", "triton", {"--overwrite"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("holds more than its export wrote"));
  EXPECT_EQ(ReadWholeFile(output_ + "/another_model/config.pbtxt"), "mine");

  std::filesystem::remove_all(output_ + "/another_model");
  std::filesystem::create_directory(output_ + "/score/2");
  WriteWholeFile(output_ + "/score/2/model.onnx", "mine");
  EXPECT_THAT(Run("trees", "triton", {"--overwrite"}).err, HasSubstr("holds more than its export"));
  EXPECT_EQ(ReadWholeFile(output_ + "/score/2/model.onnx"), "mine");
  std::filesystem::remove_all(output_ + "/score/2");
  EXPECT_EQ(Run("trees", "triton", {"--overwrite"}).exit_code, 0);
}

TEST_F(Export, ASymbolicLinkStays) {
  output_ = dir_.File("out/real");
  ASSERT_EQ(Run("factors", "faiss").exit_code, 0);
  WriteWholeFile(dir_.File("out/real.json"), "mine");
  const auto expect_refused = [&](const std::string& artifact, const std::string& format) {
    const CliResult refused = Run(artifact, format, {"--overwrite"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("is a symbolic link; give the path that it leads to"));
    EXPECT_TRUE(std::filesystem::is_symlink(output_));
  };
  std::filesystem::create_symlink("real", dir_.File("out/link"));
  std::filesystem::create_symlink("real.json", dir_.File("out/link.json"));
  std::filesystem::create_symlink("nothing", dir_.File("out/dangling"));
  output_ = dir_.File("out/link");
  expect_refused("factors", "faiss");
  output_ = dir_.File("out/link.json");
  expect_refused("trees", "xgboost");
  output_ = dir_.File("out/dangling");
  expect_refused("factors", "faiss");
  EXPECT_EQ(ReadWholeFile(dir_.File("out/real.json")), "mine");

  output_ = dir_.File("out/x.json");
  std::filesystem::create_symlink("real.json", output_ + ".README.md");
  EXPECT_THAT(Run("trees", "xgboost", {"--overwrite"}).err,
              HasSubstr("x.json.README.md is a symbolic link; the model card goes there"));
  EXPECT_FALSE(std::filesystem::exists(output_));
  EXPECT_EQ(ReadWholeFile(dir_.File("out/real.json")), "mine");
}

TEST_F(Export, EveryFormatReplacesItsOwnDirectory) {
  for (const std::string artifact : {"factors", "trees"}) {
    for (const std::string format : {"safetensors", "faiss", "onnx", "triton", "ndjson"}) {
      if (artifact == "trees" && (format == "faiss" || format == "ndjson")) continue;
      output_ = dir_.File("out/" + artifact + "." + format);
      ASSERT_EQ(Run(artifact, format).exit_code, 0) << output_;
      const CliResult again = Run(artifact, format, {"--overwrite"});
      EXPECT_EQ(again.exit_code, 0) << again.err;
    }
  }
}

TEST_F(Export, DocumentsWithoutAnIdInUtf8AreRefused) {
  for (const std::string id : {"", "caf\xe9"}) {
    Artifact artifact = SmallArtifact(1);
    IdTable items;
    for (int64_t item = 0; item < artifact.items.size(); ++item) {
      items.Add(item == 2 ? std::string_view(id) : artifact.items[item]);
    }
    artifact.items = items;
    std::filesystem::remove_all(dir_.File("ids"));
    std::filesystem::create_directory(dir_.File("ids"));
    WriteArtifactFiles(dir_.File("ids"), artifact, {});
    output_ = dir_.File("out/documents");
    ExpectRefused(Run("ids", "ndjson"), 3, "item row 2: its id is ");
  }
}

// In JSON its bad bytes would be replaced, and it could become the id of another row.
TEST_F(Export, AnIdThatIsNotUtf8IsRefusedByEveryFormatUnlessItIsHashed) {
  for (const bool of_a_user : {true, false}) {
    Artifact artifact = SmallArtifact(1);
    IdTable& ids = of_a_user ? artifact.users : artifact.items;
    const IdTable before = ids;
    ids = IdTable();
    for (int64_t row = 0; row < before.size(); ++row) ids.Add(row == 3 ? "caf\xe9" : before[row]);
    std::filesystem::remove_all(dir_.File("ids"));
    std::filesystem::create_directory(dir_.File("ids"));
    WriteArtifactFiles(dir_.File("ids"), artifact, {});
    for (const std::string format : {"safetensors", "faiss", "onnx", "triton", "ndjson"}) {
      output_ = dir_.File("out/ids");
      ExpectRefused(Run("ids", format), 3,
                    std::string(of_a_user ? "user" : "item") +
                        " row 3: its id is not valid UTF-8, and exports hold ids as UTF-8");
      output_ = dir_.File("hashed");
      EXPECT_EQ(Run("ids", format, {"--overwrite", "--hash-ids", "salt"}).exit_code, 0) << format;
    }
  }
}

TEST_F(Export, NothingOfTheHistoryIsInAnExport) {
  // The rows of an export of a model with history and of one without it are the same bytes.
  Artifact artifact = SmallArtifact(1);
  artifact.history.reset();
  std::filesystem::create_directory(dir_.File("bare"));
  WriteArtifactFiles(dir_.File("bare"), artifact, {});
  const auto files_of = [](const std::string& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file()) continue;
      files[entry.path().lexically_relative(directory)] = ReadWholeFile(entry.path());
    }
    return files;
  };
  for (const std::string format : {"safetensors", "faiss", "onnx", "triton", "ndjson"}) {
    output_ = dir_.File("with " + format);
    ASSERT_EQ(Run("factors", format).exit_code, 0);
    const auto with_history = files_of(output_);
    EXPECT_GT(with_history.size(), 1u);
    output_ = dir_.File("without " + format);
    ASSERT_EQ(Run("bare", format).exit_code, 0);
    EXPECT_EQ(files_of(output_), with_history) << format;
  }
}

TEST_F(Export, AnUnknownFormatNamesTheChoices) {
  ExpectRefused(Run("trees", "xgbost"), 2,
                "no export format 'xgbost', did you mean 'xgboost'?; choose from: safetensors, "
                "faiss, onnx, triton, ndjson, xgboost, xgboost-ubj");
}

TEST_F(Export, AFormatThatCannotHoldTheModelIsRefused) {
  ExpectRefused(Run("factors", "xgboost"), 2, "holds models of kind 'trees'");
}

TEST_F(Export, VectorsOfAnotherKindThanTheFormatHasAreRefused) {
  const auto expect_refused = [&](const std::string& artifact, const std::string& format,
                                  const std::vector<std::string>& options, const std::string& why) {
    ExpectRefused(Run(artifact, format, options), 2, why);
  };
  expect_refused("factors", "onnx", {"--precision", "fp16"},
                 "format onnx has no --precision; those that do: safetensors, faiss");
  expect_refused("factors", "ndjson", {"--precision", "int8"}, "has no --precision");
  expect_refused("factors", "triton", {"--augment"},
                 "has no --augment; those that do: safetensors, faiss, ndjson");
  expect_refused("trees", "safetensors", {"--augment"}, "a model of kind 'trees' has none");
  expect_refused("factors", "faiss", {"--precision", "fp8"}, "fp32, fp16");
  expect_refused("factors", "faiss", {"--ef-search", "256"},
                 "--ef-search is for faiss with --index hnsw");
  expect_refused("factors", "faiss", {"--augment", "--precision", "int8"},
                 "--augment needs vectors of equal length, which --precision int8 does not keep");
}

TEST_F(Export, OptionsOfOtherFormatsAndModelsAreRefused) {
  ExpectRefused(Run("factors", "ndjson", {"--reasons", "3"}), 2, "--reasons is for the customers");
  ExpectRefused(Run("factors", "faiss", {"--top-k", "10"}), 2, "--top-k is for the graphs");
  ExpectRefused(Run("trees", "onnx", {"--top-k", "10"}), 2, "--top-k is for the graphs");
  ExpectRefused(Run("trees", "safetensors", {"--index", "hnsw"}), 2, "kind 'trees' has none");
  ExpectRefused(Run("factors", "onnx", {"--index", "hnsw"}), 2,
                "has no --index; those that do: faiss");
}

// The default's own value says as much as any other: that somebody expects it to matter.
TEST_F(Export, OptionsOfOtherFormatsAreRefusedAtTheirDefaultsToo) {
  const std::vector<std::array<std::string, 4>> all = {
      {"factors", "faiss", "--top-k", "100"},     {"factors", "ndjson", "--reasons", "5"},
      {"factors", "onnx", "--precision", "fp32"}, {"trees", "onnx", "--precision", "fp32"},
      {"factors", "onnx", "--index", "flat"},     {"trees", "onnx", "--within", "30d"}};
  for (const auto& [artifact, format, option, value] : all) {
    ExpectRefused(Run(artifact, format, {option, value}), 2, option);
  }
  const CliResult variable =
      RunCli({"export", dir_.File("factors"), "--format", "faiss", "-o", output_},
             {{"TIDEWRIGHT_TOP_K", "100"}});
  ExpectRefused(variable, 2, "--top-k is for the graphs");
}

TEST_F(Export, AGraphOfNeighboursIsThereOnlyWithLibfaiss) {
  if (!HasLibfaiss()) {
    ExpectRefused(Run("factors", "faiss", {"--index", "hnsw"}), 2,
                  "--index hnsw: this program was built without libfaiss; build it with "
                  "-DTIDEWRIGHT_FAISS=ON");
    return;
  }
  ExpectRefused(Run("factors", "faiss", {"--index", "hnsw", "--precision", "int8"}), 2,
                "--index hnsw holds float32 vectors");
  output_ = dir_.File("out/vectors");
  const CliResult result = Run("factors", "faiss", {"--index", "hnsw", "--ef-search", "40"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("The index is HNSW: of the exact best items of "));
  EXPECT_THAT(ReadWholeFile(output_ + "/README.md"), HasSubstr("\"ef_search\": 40\n"));
  EXPECT_THAT(ReadWholeFile(output_ + "/items.faiss"), StartsWith("IHNf"));
}

TEST_F(Export, AVariableOfATrainingsPrecisionIsNotTheExports) {
  output_ = dir_.File("out/vectors");
  const CliResult result =
      RunCli({"export", dir_.File("factors"), "--format", "safetensors", "-o", output_},
             {{"TIDEWRIGHT_PRECISION", "tf32"}, {"TIDEWRIGHT_EXPORT_PRECISION", "int8"}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(ReadWholeFile(output_ + "/README.md"), HasSubstr("times the user's scale"));
}

TEST_F(Export, UbjsonUnderANameThatXgboostDoesNotReadIsRefused) {
  ExpectRefused(Run("trees", "xgboost-ubj"), 2, "only from a name that ends in .ubj");
}

TEST_F(Export, AnOutputThatExistsIsReplacedOnlyWhereAsked) {
  WriteWholeFile(output_, "mine");
  before_ = FilesOf(dir_.File("out"));
  ExpectRefused(Run("trees", "xgboost"), 2, "exists; --overwrite replaces it");
  std::filesystem::rename(output_, output_ + ".README.md");
  before_ = FilesOf(dir_.File("out"));
  ExpectRefused(Run("trees", "xgboost"), 2, "README.md exists; --overwrite replaces it");
  ExpectRefused(Run("trees", "xgboost", {"--overwrite"}), 2, "is no model card of an export");
  std::filesystem::rename(output_ + ".README.md", output_);
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(Run("trees", "xgboost", {"--overwrite"}).exit_code, 0);
    EXPECT_THAT(ReadWholeFile(output_), StartsWith("{\"learner\""));
  }
}

TEST_F(Export, ADirectoryOrAPlaceThatIsNotThereIsRefused) {
  output_ = dir_.File("out");
  ExpectRefused(Run("trees", "xgboost", {"--overwrite"}), 2,
                "is a directory, and the export is a file");
  output_ = dir_.File("nowhere/x.json");
  ExpectRefused(Run("trees", "xgboost"), 5, "cannot create");
}

TEST_F(Export, AnArtifactThatIsNotThereIsExit5) {
  ExpectRefused(Run("nothing", "xgboost"), 5, "nothing");
}

TEST_F(Export, TrainWritesItBesideTheArtifact) {
  WriteFeatureTable(dir_.File("table.h5"), RandomTable(200, 1), true);
  const std::string model = dir_.File("out/model");
  const std::vector<std::string> train{"train", "gbdt",      dir_.File("table.h5"),
                                       "-o",    model + "/", "--epochs",
                                       "3",     "--export",  "xgboost"};
  for (int run = 0; run < 2; ++run) {
    const CliResult result = RunCli(train);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("xgboost: " + model + ".xgboost.json\n"));
  }
  const std::string beside = ReadWholeFile(model + ".xgboost.json");
  ASSERT_EQ(RunCli({"export", model, "--format", "xgboost", "-o", output_}).exit_code, 0);
  EXPECT_EQ(beside, ReadWholeFile(output_));
}

TEST_F(Export, TrainRefusesWhatItCannotExportBeforeItBegins) {
  const auto train = [&](const std::string& algorithm, const std::string& formats) {
    return RunCli({"train", algorithm, dir_.File("no such table.h5"), "-o", dir_.File("out/model"),
                   "--export", formats});
  };
  ExpectRefused(train("gbdt", "xgboost,pmml"), 2, "no export format 'pmml'");
  ExpectRefused(train("logistic", "xgboost"), 2, "this one is of kind 'linear'");
}

}  // namespace
}  // namespace tidewright
