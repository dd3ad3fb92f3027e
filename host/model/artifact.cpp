#include "host/model/artifact.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cmath>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/model/bgnbd_file.h"
#include "host/model/classifier_columns.h"
#include "host/model/hazard_file.h"
#include "host/model/manifest.h"
#include "host/model/model_file.h"
#include "host/model/profile_file.h"
#include "host/model/run_record.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

constexpr int kAttempts = 10;

// An artifact's files, all open: whatever replaces them on disk from now on, they are of one
// artifact.
struct OpenArtifact {
  std::string manifest_path;
  ManifestDocument document;
  std::map<std::string, InputFile> files;
};

// Nothing where a file is missing; `missing` is then its path.
std::optional<OpenArtifact> TryOpen(const std::string& directory, std::string* missing) {
  const FileDescriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) throw IoError("cannot open the artifact", directory, errno);
  const auto open_file = [&](const std::string& name) {
    std::optional<InputFile> file = InputFile::OpenAt(fd, name, directory + "/" + name);
    if (!file) *missing = directory + "/" + name;
    return file;
  };
  std::optional<InputFile> manifest = open_file(kManifestName);
  if (!manifest) return std::nullopt;
  OpenArtifact artifact{manifest->path(), ParseManifest(manifest->ReadAll(), manifest->path()), {}};
  for (const auto& [part, file] : artifact.document.files) {
    std::optional<InputFile> input = open_file(file.name);
    if (!input) return std::nullopt;
    artifact.files.emplace(part, std::move(*input));
  }
  return artifact;
}

// A writer that replaces the artifact removes the old files once the new ones are in place: then a
// second look finds those.
OpenArtifact OpenFiles(const std::string& directory) {
  std::string missing;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::optional<OpenArtifact> artifact = TryOpen(directory, &missing);
    if (artifact) return std::move(*artifact);
  }
  if (!IsArtifact(directory)) {
    throw DataError({directory, "", {}}, "there is no manifest.json in it",
                    "an artifact that tidewright train wrote");
  }
  throw DataError({missing, "", {}}, "the file is missing", "it, as manifest.json names it");
}

std::vector<ArrayView> TableArrays(const std::string& name, const IdTable& table) {
  return {ViewArray(name + "_offsets", {table.size() + 1}, table.offsets().data()),
          ViewArray(name + "_bytes", {static_cast<int64_t>(table.bytes().size())},
                    table.bytes().data())};
}

// Offsets rise from 0 to `end`; they have `rows` + 1 entries where rows is known.
void CheckOffsets(const std::vector<int64_t>& offsets, int64_t end, int64_t rows,
                  const std::string& path, const std::string& name) {
  const int64_t count = static_cast<int64_t>(offsets.size()) - 1;
  if (count < 0 || (rows >= 0 && count != rows)) {
    throw DataError({path, name, {}}, "it has " + std::to_string(count + 1) + " entries",
                    rows >= 0 ? std::to_string(rows + 1) : "at least 1");
  }
  if (offsets[0] != 0) {
    throw DataError({path, name, 0}, "it begins with " + std::to_string(offsets[0]), "0");
  }
  for (int64_t row = 0; row < count; ++row) {
    if (offsets[row + 1] < offsets[row]) {
      throw DataError({path, name, row + 1}, "it falls", "offsets that never fall");
    }
  }
  if (offsets[count] != end) {
    throw DataError({path, name, count}, "it ends with " + std::to_string(offsets[count]),
                    std::to_string(end));
  }
}

IdTable ReadTable(const SafetensorsReader& reader, const std::string& name, int64_t rows) {
  std::vector<int64_t> offsets;
  std::vector<char> bytes;
  reader.Read(name + "_offsets", 1, &offsets);
  reader.Read(name + "_bytes", 1, &bytes);
  CheckOffsets(offsets, static_cast<int64_t>(bytes.size()), rows, reader.path(), name + "_offsets");
  return IdTable::FromArena(std::move(offsets), std::move(bytes));
}

Csr ReadHistory(const SafetensorsReader& reader, int64_t users, int64_t items) {
  Csr history;
  history.rows = users;
  history.cols = items;
  reader.Read("offsets", 1, &history.offsets);
  reader.Read("ids", 1, &history.ids);
  reader.Read("values", 1, &history.values);
  const std::string& path = reader.path();
  CheckOffsets(history.offsets, history.nnz(), users, path, "offsets");
  if (history.values.size() != history.ids.size()) {
    throw DataError({path, "values", {}},
                    "it has " + std::to_string(history.values.size()) + " entries",
                    std::to_string(history.ids.size()) + ", as ids has");
  }
  CheckFinite(history.values.data(), history.nnz(), 1, path, "values");
  for (int64_t row = 0; row < users; ++row) {
    int64_t before = -1;
    for (int64_t at = history.offsets[row]; at < history.offsets[row + 1]; ++at) {
      const int64_t id = history.ids[at];
      if (id < 0 || id >= items) {
        throw DataError({path, "ids", at}, "the item is " + std::to_string(id),
                        "one of 0 to " + std::to_string(items - 1));
      }
      if (id <= before) {
        throw DataError({path, "ids", at}, "item " + std::to_string(id) + " does not rise",
                        "ids that rise within a user");
      }
      before = id;
    }
  }
  return history;
}

SafetensorsReader OpenArrays(const ArtifactFile& file, InputFile input) {
  const std::string path = input.path();
  if (input.size() != file.bytes) {
    throw DataError({path, "", {}}, "it has " + std::to_string(input.size()) + " bytes",
                    std::to_string(file.bytes) + ", as the manifest says");
  }
  const std::string checksum = input.Checksum();
  if (checksum != file.checksum) {
    throw DataError({path, "", {}}, "its checksum is " + checksum,
                    file.checksum + ", as the manifest says; the file is damaged");
  }
  SafetensorsReader reader(std::move(input));
  if (reader.arrays() != file.arrays) {
    throw DataError({path, "", {}}, "its arrays are not those of the manifest", "the same");
  }
  return reader;
}

// What of a recommender lies beside its model.
void ReadTables(const SafetensorsReader& ids, const FactorModel& model, Artifact* artifact) {
  artifact->users = ReadTable(ids, "user", model.users);
  artifact->items = ReadTable(ids, "item", model.items);
  if (ids.Has("item_name_offsets")) {
    artifact->item_names = ReadTable(ids, "item_name", model.items);
  }
}

int64_t ColumnsOf(const TreeEnsemble& model) { return model.features; }
int64_t ColumnsOf(const LinearModel& model) { return model.features; }
// The last is the period.
int64_t ColumnsOf(const HazardModel& model) { return model.trees.features - 1; }

// The columns that the manifest names are those that the model, in `model_path`, reads.
template <class Classifier>
void CheckFeatures(const Classifier& model, const std::optional<FeatureSpec>& features,
                   const std::string& manifest_path, const std::string& model_path) {
  const int64_t named = features ? static_cast<int64_t>(features->columns.size()) : 0;
  if (named != ColumnsOf(model)) {
    throw DataError({manifest_path, "features", {}}, "it names " + std::to_string(named),
                    std::to_string(ColumnsOf(model)) + ", which the model reads");
  }
  CheckColumns(model, features->columns, model_path);
}

std::vector<ArrayView> FactorsArrays(const FeatureFactors& factors, const Model& model) {
  std::vector<ArrayView> arrays = ModelArrays(model, "");
  for (const ArrayView& array : TableArrays("item", factors.items)) arrays.push_back(array);
  return arrays;
}

FeatureFactors ReadFactors(const SafetensorsReader& reader) {
  FeatureFactors factors;
  Model model = ReadModel(kFactorKind, reader, "");
  factors.model = std::move(std::get<FactorModel>(model));
  factors.items = ReadTable(reader, "item", factors.model.items);
  ReadFactorsMetadata(reader.metadata(), reader.path(), &factors);
  return factors;
}

ArtifactFile WritePart(const std::string& directory, const std::string& part,
                       const std::vector<ArrayView>& arrays,
                       std::map<std::string, std::string> metadata) {
  ArtifactFile file;
  file.name = part + ".safetensors";
  WrittenFile written = WriteSafetensors(directory + "/" + file.name, arrays, metadata);
  file.bytes = written.bytes;
  file.checksum = std::move(written.checksum);
  file.arrays = std::move(written.arrays);
  return file;
}

}  // namespace

void WriteArtifactFiles(const std::string& directory, const Artifact& artifact,
                        const RunRecord& run) {
  StageClock clock;
  ManifestDocument document;
  document.manifest = artifact.manifest;
  document.model_kind = ModelKind(artifact.model);
  document.files["model"] = WritePart(directory, "model", ModelArrays(artifact.model, ""),
                                      {{"kind", document.model_kind}});
  if (std::holds_alternative<FactorModel>(artifact.model)) {
    std::vector<ArrayView> tables = TableArrays("user", artifact.users);
    const auto append = [&](const std::vector<ArrayView>& more) {
      tables.insert(tables.end(), more.begin(), more.end());
    };
    append(TableArrays("item", artifact.items));
    if (artifact.item_names) append(TableArrays("item_name", *artifact.item_names));
    document.files["ids"] = WritePart(directory, "ids", tables, {});
  }
  if (artifact.history) {
    const Csr& history = *artifact.history;
    document.files["history"] =
        WritePart(directory, "history",
                  {ViewArray("offsets", {history.rows + 1}, history.offsets.data()),
                   ViewArray("ids", {history.nnz()}, history.ids.data()),
                   ViewArray("values", {history.nnz()}, history.values.data())},
                  {{"rows", std::to_string(history.rows)}, {"cols", std::to_string(history.cols)}});
  }
  if (artifact.profile) {
    document.files["profile"] =
        WritePart(directory, "profile", ProfileArrays(*artifact.profile), {});
  }
  if (artifact.manifest.pipeline && artifact.manifest.pipeline->bgnbd) {
    const BgnbdColumns& columns = *artifact.manifest.pipeline->bgnbd;
    document.files["bgnbd"] =
        WritePart(directory, "bgnbd", ArraysOf(columns.model, ""), MetadataOf(columns));
  }
  if (artifact.factors) {
    const Model model = artifact.factors->model;
    document.files["factors"] =
        WritePart(directory, "factors", FactorsArrays(*artifact.factors, model),
                  FactorsMetadata(*artifact.factors));
  }
  RunRecord record = run;
  if (!record.stage_seconds.empty()) {
    clock.End("save");
    record.stage_seconds.push_back(clock.stages().back());
  }
  WriteFileSynced(directory + "/" + kRunRecordName, RunRecordText(record));
  WriteFileSynced(directory + "/" + kManifestName, ManifestText(document));
  SyncPath(directory);
}

Artifact LoadArtifact(const std::string& directory, bool history) {
  OpenArtifact open = OpenFiles(directory);
  const auto arrays = [&](const std::string& part) {
    const auto file = open.document.files.find(part);
    if (file == open.document.files.end()) {
      throw DataError({open.manifest_path, "files." + part, {}}, "there is no such key", "one");
    }
    return OpenArrays(file->second, std::move(open.files.at(part)));
  };
  Artifact artifact;
  artifact.model = ReadModel(open.document.model_kind, arrays("model"), "");
  artifact.manifest = std::move(open.document.manifest);
  const auto read_rest = [&](const auto& model) {
    if constexpr (std::is_same_v<std::decay_t<decltype(model)>, FactorModel>) {
      ReadTables(arrays("ids"), model, &artifact);
      if (history && open.document.files.count("history") > 0) {
        artifact.history = ReadHistory(arrays("history"), model.users, model.items);
      }
    } else if constexpr (!std::is_same_v<std::decay_t<decltype(model)>, BgnbdModel>) {
      CheckFeatures(model, artifact.manifest.features, open.manifest_path,
                    directory + "/" + open.document.files.at("model").name);
      if (artifact.manifest.pipeline && open.document.files.count("bgnbd") > 0) {
        artifact.manifest.pipeline->bgnbd = ReadBgnbdColumns(arrays("bgnbd"));
      }
      if (open.document.files.count("factors") > 0) {
        artifact.factors = ReadFactors(arrays("factors"));
      }
      if (open.document.files.count("profile") > 0) {
        artifact.profile = ReadProfile(arrays("profile"), *artifact.manifest.features);
      }
    }
  };
  std::visit(read_rest, artifact.model);
  return artifact;
}

const FactorModel& RecommenderOf(const Artifact& artifact, const std::string& directory) {
  if (const auto* model = std::get_if<FactorModel>(&artifact.model)) return *model;
  throw UsageError(directory + " holds a " + artifact.manifest.algorithm +
                   " model, which recommends nothing; use tidewright score on it");
}

const FeatureSpec& FeaturesOf(const Artifact& artifact, const std::string& directory) {
  if (artifact.manifest.features) return *artifact.manifest.features;
  const bool counts = std::holds_alternative<BgnbdModel>(artifact.model);
  throw UsageError(directory + " holds a " + artifact.manifest.algorithm + " model, which " +
                   (counts ? "has no columns: it reads an event log itself"
                           : "scores no table; use tidewright recommend on it"));
}

bool HoldsClassifier(const std::string& directory) {
  return OpenFiles(directory).document.manifest.features.has_value();
}

bool HoldsBgnbd(const std::string& directory) {
  return OpenFiles(directory).document.model_kind == kBgnbdKind;
}

bool HoldsHazard(const std::string& directory) {
  return OpenFiles(directory).document.model_kind == kHazardKind;
}

bool IsArtifact(const std::string& directory) {
  struct stat status;
  return stat((directory + "/" + kManifestName).c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace tidewright
