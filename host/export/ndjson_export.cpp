#include "host/export/ndjson_export.h"

#include "host/core/partial_file.h"
#include "host/export/customers_export.h"
#include "host/export/export_vectors.h"
#include "host/export/item_fields.h"
#include "host/export/json_array.h"
#include "host/export/ndjson_lines.h"

namespace tidewright {
namespace {

void AppendVector(const std::string& name, const float* vector, int64_t factors,
                  std::string* lines) {
  AppendArray(
      name, factors, [&](int64_t k) { return FloatText(vector[k]); }, lines);
}

}  // namespace

void ExportNdjson(const ExportSource& source, const std::string& directory, CardExport* card) {
  const Artifact& artifact = source.artifact;
  if (!std::holds_alternative<FactorModel>(artifact.model)) {
    ExportCustomers(source, directory, card);
    return;
  }
  const ExportVectors vectors = VectorsOf(source, card);
  const int64_t f = vectors.dimension();
  AlignedVector<float> buffer;
  CheckDocumentIds(artifact.items, "item");
  const ItemFields columns(source, card);
  // What a document says of an item between its id and its vector.
  const auto fields_of = [&](int64_t item) {
    std::string fields;
    if (artifact.item_names) fields = "\"name\":" + JsonQuoted((*artifact.item_names)[item]) + ",";
    columns.Append(item, &fields);
    return fields;
  };
  WriteDocuments(
      directory + "/bulk.ndjson", vectors.items(), [&](int64_t item, std::string* lines) {
        const std::string id = JsonQuoted(artifact.items[item]);
        *lines += "{\"index\":{\"_id\":" + id + "}}\n{\"item\":" + id + "," + fields_of(item);
        AppendVector("vector", vectors.Items(item, item + 1, &buffer), f, lines);
        *lines += "}\n";
      });
  card->files.emplace_back("bulk.ndjson", "the items for OpenSearch's and Elasticsearch's _bulk");
  WriteDocuments(
      directory + "/vespa.jsonl", vectors.items(), [&](int64_t item, std::string* lines) {
        const std::string id = JsonQuoted(artifact.items[item]);
        *lines += "{\"put\":" + JsonQuoted("id:item:item::" + std::string(artifact.items[item])) +
                  ",\"fields\":{\"item\":" + id + "," + fields_of(item) + "\"vector\":{";
        AppendVector("values", vectors.Items(item, item + 1, &buffer), f, lines);
        *lines += "}}}\n";
      });
  card->files.emplace_back("vespa.jsonl", "the items as Vespa's puts, for `vespa feed`");
  WriteDocuments(directory + "/users.ndjson", vectors.users(),
                 [&](int64_t user, std::string* lines) {
                   *lines += "{\"id\":" + JsonQuoted(artifact.users[user]) + ",";
                   AppendVector("vector", vectors.Users(user, user + 1, &buffer), f, lines);
                   *lines += "}\n";
                 });
  card->files.emplace_back("users.ndjson", "the users' vectors: the queries");
}

}  // namespace tidewright
