#include "host/export/ndjson_export.h"

#include <functional>
#include <string_view>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/data/import/delimited.h"
#include "host/export/json_array.h"

namespace tidewright {
namespace {

constexpr size_t kNdjsonFlushBytes = size_t{1} << 20;

// A text for each row, streamed.
void WriteDocuments(const std::string& path, int64_t rows,
                    const std::function<void(int64_t row, std::string* lines)>& append) {
  OutputFile file(path);
  std::string lines;
  for (int64_t row = 0; row < rows; ++row) {
    append(row, &lines);
    if (lines.size() < kNdjsonFlushBytes && row + 1 < rows) continue;
    file.Write(lines.data(), static_cast<int64_t>(lines.size()));
    lines.clear();
  }
  file.Commit();
}

void AppendVector(const std::string& name, const float* vector, int64_t factors,
                  std::string* lines) {
  AppendArray(
      name, factors, [&](int64_t k) { return FloatText(vector[k]); }, lines);
}

// An id is the document's key: the engines take no empty one and none that is not text.
void CheckItemIds(const IdTable& items) {
  for (int64_t item = 0; item < items.size(); ++item) {
    const bool empty = items[item].empty();
    if (!empty && FindInvalidUtf8(items[item]) == std::string_view::npos) continue;
    throw DataError("item row " + std::to_string(item) + ": its id is " +
                    (empty ? "empty" : "not valid UTF-8") +
                    ", and documents need an id in UTF-8; import the log with other item ids");
  }
}

}  // namespace

void ExportNdjson(const ExportSource& source, const std::string& directory, CardExport* card) {
  const Artifact& artifact = source.artifact;
  const auto& model = std::get<FactorModel>(artifact.model);
  const int64_t f = model.factors;
  CheckItemIds(artifact.items);
  const auto name_of = [&](int64_t item) {
    return artifact.item_names ? "\"name\":" + JsonQuoted((*artifact.item_names)[item]) + "," : "";
  };
  WriteDocuments(directory + "/bulk.ndjson", model.items, [&](int64_t item, std::string* lines) {
    const std::string id = JsonQuoted(artifact.items[item]);
    *lines += "{\"index\":{\"_id\":" + id + "}}\n{\"item\":" + id + "," + name_of(item);
    AppendVector("vector", model.item_factors.data() + item * f, f, lines);
    *lines += "}\n";
  });
  card->files.emplace_back("bulk.ndjson", "the items for OpenSearch's and Elasticsearch's _bulk");
  WriteDocuments(directory + "/vespa.jsonl", model.items, [&](int64_t item, std::string* lines) {
    const std::string id = JsonQuoted(artifact.items[item]);
    *lines += "{\"put\":" + JsonQuoted("id:item:item::" + std::string(artifact.items[item])) +
              ",\"fields\":{\"item\":" + id + "," + name_of(item) + "\"vector\":{";
    AppendVector("values", model.item_factors.data() + item * f, f, lines);
    *lines += "}}}\n";
  });
  card->files.emplace_back("vespa.jsonl", "the items as Vespa's puts, for `vespa feed`");
  WriteDocuments(directory + "/users.ndjson", model.users, [&](int64_t user, std::string* lines) {
    *lines += "{\"id\":" + JsonQuoted(artifact.users[user]) + ",";
    AppendVector("vector", model.user_factors.data() + user * f, f, lines);
    *lines += "}\n";
  });
  card->files.emplace_back("users.ndjson", "the users' vectors: the queries");
}

}  // namespace tidewright
