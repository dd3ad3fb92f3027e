#include "host/export/export_files.h"

#include <string_view>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/data/import/delimited.h"
#include "host/export/json_array.h"

namespace tidewright {
namespace {

constexpr size_t kIdFlushBytes = size_t{1} << 20;

}  // namespace

void CheckTextIds(const IdTable& ids, const std::string& what) {
  for (int64_t row = 0; row < ids.size(); ++row) {
    if (FindInvalidUtf8(ids[row]) == std::string_view::npos) continue;
    throw DataError(what + " row " + std::to_string(row) +
                    ": its id is not valid UTF-8, and exports hold ids as UTF-8; import the data "
                    "with other ids, or hash them with --hash-ids");
  }
}

void WriteIdList(const std::string& path, const IdTable& ids) {
  OutputFile file(path);
  std::string text = "[\n";
  const auto flush = [&] {
    file.Write(text.data(), static_cast<int64_t>(text.size()));
    text.clear();
  };
  for (int64_t row = 0; row < ids.size(); ++row) {
    text += JsonQuoted(ids[row]);
    text += row + 1 < ids.size() ? ",\n" : "\n";
    if (text.size() >= kIdFlushBytes) flush();
  }
  text += "]\n";
  flush();
  file.Commit();
}

void WriteIdLists(const ExportSource& source, const std::string& directory, bool users,
                  CardExport* card) {
  const Artifact& artifact = source.artifact;
  const auto write = [&](const char* name, const IdTable& ids, const char* what) {
    WriteIdList(directory + "/" + name, ids);
    card->files.emplace_back(name, what);
  };
  if (users) write("user_ids.json", artifact.users, "the id of each user row, a list");
  write("item_ids.json", artifact.items, "the id of each item row, a list");
  if (artifact.item_names)
    write("item_names.json", *artifact.item_names, "the items' names, a list");
}

void WriteFeatureList(const std::string& directory, const FeatureSpec& features, CardExport* card,
                      const std::string& calibration) {
  std::string json = "{\"label\":" + JsonQuoted(features.label_name);
  if (!calibration.empty()) json += ",\"calibration\":" + calibration;
  json += ",\"columns\":[\n";
  for (size_t column = 0; column < features.columns.size(); ++column) {
    const FeatureDescription& about = features.columns[column];
    if (column > 0) json += ",\n";
    json += "{\"name\":" + JsonQuoted(about.name) +
            ",\"kind\":" + JsonQuoted(FeatureKindName(about.kind));
    if (about.kind == FeatureKind::kCategory) {
      json += ',';
      AppendArray(
          "categories", static_cast<int64_t>(about.categories.size()),
          [&](int64_t code) { return JsonQuoted(about.categories[code]); }, &json);
    }
    json += '}';
  }
  WriteFileSynced(directory + "/features.json", json + "\n]}\n");
  card->files.emplace_back("features.json", "the columns that the model reads, in its order");
}

}  // namespace tidewright
