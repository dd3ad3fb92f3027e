#include "host/model/artifact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

using nlohmann::ordered_json;

std::string Write(const TempDirectory& dir, const std::string& name, const Artifact& artifact,
                  const RunRecord& run = {}) {
  std::filesystem::create_directory(dir.File(name));
  WriteArtifactFiles(dir.File(name), artifact, run);
  return dir.File(name);
}

std::string LoadError(const std::string& directory) {
  try {
    LoadArtifact(directory);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Artifact, IsReadBackAsItWasWritten) {
  const TempDirectory dir;
  Artifact artifact = SmallArtifact(1);
  artifact.manifest.seed = UINT64_MAX;
  const Artifact loaded = LoadArtifact(Write(dir, "a", artifact));
  EXPECT_EQ(Fingerprint(loaded), Fingerprint(artifact));
  EXPECT_EQ(loaded.manifest.config, artifact.manifest.config);
  EXPECT_EQ(loaded.manifest.signals, artifact.manifest.signals);
  EXPECT_EQ(loaded.manifest.seed, UINT64_MAX);
  EXPECT_EQ(loaded.manifest.train_begin, -1);
  EXPECT_EQ(loaded.manifest.loss, artifact.manifest.loss);
  EXPECT_EQ(loaded.manifest.validation_metrics.at("ndcg@20").high, 1.0 / 3.0);
  EXPECT_EQ(loaded.users, artifact.users);
  EXPECT_EQ((*loaded.item_names)[2], "LANTERN \"No. 2\"");
  EXPECT_EQ(loaded.history->cols, 7);
}

TEST(Artifact, NamesAndHistoryMayBeMissing) {
  const TempDirectory dir;
  Artifact artifact = SmallArtifact(1);
  artifact.item_names.reset();
  artifact.history.reset();
  const std::string path = Write(dir, "a", artifact);
  EXPECT_EQ(FilesOf(path).count("history.safetensors"), 0u);
  const Artifact loaded = LoadArtifact(path);
  EXPECT_FALSE(loaded.item_names.has_value());
  EXPECT_FALSE(loaded.history.has_value());
  EXPECT_EQ(Fingerprint(loaded), Fingerprint(artifact));
}

TEST(Artifact, AModelWithoutUsersIsAnArtifactToo) {
  const TempDirectory dir;
  const Artifact artifact = SmallArtifact(1, 0, 3, 2);
  EXPECT_EQ(Fingerprint(LoadArtifact(Write(dir, "a", artifact))), Fingerprint(artifact));
}

TEST(Artifact, TheSameArtifactGivesTheSameBytesButForTheRunRecord) {
  const TempDirectory dir;
  const auto first = FilesOf(Write(dir, "a", SmallArtifact(1), {{{"host", "x"}}, {0.5}}));
  auto second = FilesOf(Write(dir, "b", SmallArtifact(1), {{{"host", "y"}}, {0.75}}));
  EXPECT_NE(first.at("run.json"), second.at("run.json"));
  second["run.json"] = first.at("run.json");
  EXPECT_EQ(first, second);
  EXPECT_NE(FilesOf(Write(dir, "c", SmallArtifact(2))).at("manifest.json"),
            first.at("manifest.json"));
}

TEST(Artifact, TheManifestsKeysAreSortedAndItsFilesDescribed) {
  const TempDirectory dir;
  const auto manifest =
      ordered_json::parse(ReadWholeFile(Write(dir, "a", SmallArtifact(1)) + "/manifest.json"));
  std::vector<std::string> keys;
  for (const auto& [key, value] : manifest.items()) keys.push_back(key);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  keys.clear();
  for (const auto& [key, value] : manifest["data"].items()) keys.push_back(key);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(manifest["files"]["model"]["arrays"]["item_factors"]["shape"],
            (std::vector<int64_t>{7, 4}));
  EXPECT_EQ(manifest["files"]["model"]["bytes"],
            std::filesystem::file_size(dir.File("a/model.safetensors")));
}

TEST(Artifact, AnyDamagedByteIsFound) {
  const TempDirectory dir;
  const std::string path = Write(dir, "a", SmallArtifact(1));
  for (const std::string name : {"model", "ids", "history"}) {
    const std::string file = path + "/" + name + ".safetensors";
    const std::string good = ReadWholeFile(file);
    for (size_t at = 0; at < good.size(); at += 13) {
      std::string bad = good;
      bad[at] ^= 4;
      WriteWholeFile(file, bad);
      EXPECT_EQ(LoadError(path).rfind(file + ": its checksum is ", 0), 0u) << at;
    }
    WriteWholeFile(file, good.substr(0, good.size() - 1));
    EXPECT_NE(LoadError(path).find(file + ": it has "), std::string::npos);
    std::filesystem::remove(file);
    EXPECT_EQ(LoadError(path),
              file + ": the file is missing; expected it, as manifest.json names it");
    WriteWholeFile(file, good);
  }
  EXPECT_EQ(LoadError(path), "");
}

TEST(Artifact, WhatIsNoArtifactIsRefused) {
  const TempDirectory dir;
  EXPECT_THROW(LoadArtifact(dir.File("nothing")), IoError);
  EXPECT_FALSE(IsArtifact(dir.File("nothing")));
  std::filesystem::create_directory(dir.File("empty"));
  EXPECT_FALSE(IsArtifact(dir.File("empty")));
  EXPECT_NE(LoadError(dir.File("empty")).find("there is no manifest.json"), std::string::npos);
  WriteWholeFile(dir.File("file"), "x");
  EXPECT_THROW(LoadArtifact(dir.File("file")), IoError);
  EXPECT_TRUE(IsArtifact(Write(dir, "a", SmallArtifact(1))));
}

// What is consistent in itself but makes no model is refused by what is wrong with it.
TEST(Artifact, ContentsThatDisagreeAreRefused) {
  struct Case {
    std::function<void(Artifact&)> change;
    std::string expected;
  };
  const auto model = [](Artifact& a) -> FactorModel& { return std::get<FactorModel>(a.model); };
  const std::vector<Case> cases{
      {[&](Artifact& a) { model(a).user_factors[5] = NAN; },
       "model.safetensors: user_factors row 1: NaN"},
      {[&](Artifact& a) { model(a).item_factors[27] = INFINITY; },
       "model.safetensors: item_factors row 6: infinite"},
      {[&](Artifact& a) { model(a).item_gramian[0] = -INFINITY; },
       "model.safetensors: item_gramian row 0: infinite"},
      {[&](Artifact& a) { a.users.Add("one more"); }, "ids.safetensors: user_offsets: it has 7"},
      {[&](Artifact& a) { a.items = IdTable(); },
       "ids.safetensors: item_offsets: it has 1 entries"},
      {[&](Artifact& a) { a.item_names->Add("x"); }, "item_name_offsets: it has 9 entries"},
      {[&](Artifact& a) {
         a.users = IdTable::FromArena({0, 2, 1, 3, 4, 5}, {5, 'x'});
       },
       "user_offsets row 2: it falls"},
      {[&](Artifact& a) {
         a.users = IdTable::FromArena({1, 2, 3, 4, 5, 6}, {6, 'x'});
       },
       "user_offsets row 0: it begins with 1"},
      {[&](Artifact& a) {
         a.users = IdTable::FromArena({0, 1, 2, 3, 4, 900}, {6, 'x'});
       },
       "user_offsets row 5: it ends with 900"},
      {[&](Artifact& a) { a.history->ids[1] = 7; },
       "history.safetensors: ids row 1: the item is 7"},
      {[&](Artifact& a) { a.history->ids[0] = -1; }, "ids row 0: the item is -1"},
      {[&](Artifact& a) { a.history->ids[1] = 0; }, "ids row 1: item 0 does not rise"},
      {[&](Artifact& a) { a.history->values[2] = NAN; }, "values row 2: NaN"},
      {[&](Artifact& a) { a.history->offsets[2] = -1; }, "offsets row 2: it falls"},
      {[&](Artifact& a) { a.history->offsets.back() += 1; }, "offsets row 5: it ends with"},
      {[&](Artifact& a) {
         a.history->rows = 4;
         a.history->offsets.pop_back();
       },
       "offsets: it has 5 entries; expected 6"},
  };
  const TempDirectory dir;
  for (size_t i = 0; i < cases.size(); ++i) {
    Artifact artifact = SmallArtifact(1);
    cases[i].change(artifact);
    const std::string error = LoadError(Write(dir, std::to_string(i), artifact));
    EXPECT_NE(error.find(cases[i].expected), std::string::npos)
        << error << " / " << cases[i].expected;
  }
}

TEST(Artifact, AManifestThatLiesIsRefused) {
  struct Case {
    std::function<void(ordered_json&)> change;
    std::string expected;
  };
  const std::vector<Case> cases{
      {[](ordered_json& m) { m["format_version"] = 2; },
       "format_version: it was written by a newer version of tidewright, in format 2; expected at "
       "most 1; use a newer tidewright"},
      {[](ordered_json& m) { m["format_version"] = "1"; }, "format_version: it is \"1\""},
      {[](ordered_json& m) { m["format"] = "other"; }, "format: this is no artifact of tidewright"},
      {[](ordered_json& m) { m = ordered_json::array(); }, "format: this is no artifact"},
      {[](ordered_json& m) { m.erase("seed"); }, "seed: there is no such key"},
      {[](ordered_json& m) { m["seed"] = -1; }, "seed: it is -1"},
      {[](ordered_json& m) { m["data"] = 1; }, "data: it is 1; expected an object"},
      {[](ordered_json& m) { m["data"]["signals"]["view"] = "x"; }, "data.signals.view: it is"},
      {[](ordered_json& m) { m["config"]["factors"] = 4; }, "config.factors: it is 4"},
      {[](ordered_json& m) { m["training"]["epochs"] = 1ull << 40; }, "training.epochs: it is"},
      {[](ordered_json& m) { m["training"]["epochs"] = UINT64_MAX; }, "training.epochs: it is"},
      {[](ordered_json& m) { m["model_kind"] = "forest"; },
       "a model of kind 'forest' is not known"},
      {[](ordered_json& m) { m["files"].erase("model"); }, "files.model: there is no such key"},
      {[](ordered_json& m) { m["files"]["ids"]["name"] = "../ids.safetensors"; },
       "files.ids.name: it is \"../ids.safetensors\"; expected the plain name"},
      {[](ordered_json& m) { m["files"]["ids"]["name"] = "/etc/passwd"; }, "files.ids.name: it is"},
      {[](ordered_json& m) { m["files"]["ids"]["name"] = ""; }, "files.ids.name: it is"},
      {[](ordered_json& m) { m["files"]["ids"]["bytes"] = -1; }, "files.ids.bytes: it is -1"},
      {[](ordered_json& m) { m["files"]["ids"] = m["files"]["model"]; },
       "user_offsets: there is no such array"},
      {[](ordered_json& m) {
         m["files"]["model"]["arrays"]["item_factors"]["shape"] = {4, 7};
       },
       "its arrays are not those of the manifest"},
      {[](ordered_json& m) { m["files"]["model"]["arrays"]["item_factors"]["dtype"] = "F16"; },
       "files.model.arrays.item_factors.dtype: it is \"F16\""},
  };
  const TempDirectory dir;
  const std::string path = Write(dir, "a", SmallArtifact(1));
  const std::string good = ReadWholeFile(path + "/manifest.json");
  for (const Case& lie : cases) {
    ordered_json manifest = ordered_json::parse(good);
    lie.change(manifest);
    WriteWholeFile(path + "/manifest.json", manifest.dump(2));
    const std::string error = LoadError(path);
    EXPECT_NE(error.find(lie.expected), std::string::npos) << error << " / " << lie.expected;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
  for (size_t length = 0; length < good.size() - 1; length += 7) {
    WriteWholeFile(path + "/manifest.json", good.substr(0, length));
    EXPECT_NE(LoadError(path), "") << length;
  }
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  WriteWholeFile(path + "/manifest.json", "{\"a\": " + deep + ", \"b\": 1, \"c\": 1}");
  EXPECT_NE(LoadError(path).find("it nests too deep"), std::string::npos);
}

TEST(Artifact, TheNumpyReaderOfThePageReadsIt) {
  const TempDirectory dir;
  const Artifact artifact = SmallArtifact(3);
  const std::string path = Write(dir, "a", artifact);
  const std::string page = ReadWholeFile(TIDEWRIGHT_SOURCE_DIR "/host/model/FORMAT.md");
  const std::string fence = "```python\n";
  const size_t begin = page.find(fence) + fence.size();
  const std::string reader = page.substr(begin, page.find("```", begin) - begin);
  WriteWholeFile(dir.File("read.py"), reader + R"(
print(json.dumps({
    'user_factors': model['user_factors'].astype(float).tolist(),
    'item_factors': model['item_factors'].astype(float).tolist(),
    'gramian': model['item_gramian'].astype(float).tolist(),
    'users': [text('user', r) for r in range(len(ids['user_offsets']) - 1)],
    'items': [text('item', r) for r in range(len(ids['item_offsets']) - 1)],
    'names': [text('item_name', r) for r in range(len(ids['item_name_offsets']) - 1)],
    'offsets': history['offsets'].tolist(), 'ids': history['ids'].tolist(),
    'values': history['values'].astype(float).tolist()}))
)");
  const CliResult run = RunProgram({"/usr/bin/python3", dir.File("read.py"), path});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto read = nlohmann::json::parse(run.out);
  const FactorModel& model = std::get<FactorModel>(artifact.model);
  const auto matches = [&](const char* name, const AlignedVector<float>& values, int64_t rows) {
    ASSERT_EQ(read[name].size(), static_cast<size_t>(rows));
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t f = 0; f < model.factors; ++f) {
        ASSERT_EQ(read[name][r][f].get<double>(),
                  static_cast<double>(values[r * model.factors + f]));
      }
    }
  };
  matches("user_factors", model.user_factors, model.users);
  matches("item_factors", model.item_factors, model.items);
  matches("gramian", model.item_gramian, model.factors);
  const auto table_matches = [&](const char* name, const IdTable& table) {
    ASSERT_EQ(read[name].size(), static_cast<size_t>(table.size()));
    for (int64_t r = 0; r < table.size(); ++r) EXPECT_EQ(read[name][r], std::string(table[r]));
  };
  table_matches("users", artifact.users);
  table_matches("items", artifact.items);
  table_matches("names", *artifact.item_names);
  EXPECT_EQ(read["offsets"], artifact.history->offsets);
  EXPECT_EQ(read["ids"], artifact.history->ids);
  EXPECT_EQ(read["values"], artifact.history->values);
}

}  // namespace
}  // namespace tidewright
