#include <cmath>
#include <limits>
#include <unordered_set>

#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "host/data/hdf5/writer.h"

namespace tidewright {
namespace {

// HDF5 takes a slash, and a name that is one dot, for a way to another group.
std::string LinkFor(const std::string& name, std::unordered_set<std::string>* taken) {
  if (name.empty() || name.find('\0') != std::string::npos) {
    throw UsageError("a column's name must be a text of at least one character");
  }
  std::string link = name == "." ? "_" : name;
  for (char& c : link) c = c == '/' ? '_' : c;
  if (link != name) {
    const std::string stem = link;
    for (int number = 2; taken->count(link) > 0; ++number) link = stem + std::to_string(number);
  }
  taken->insert(link);
  return link;
}

template <class Code>
std::vector<Code> CodesOf(const std::vector<float>& values) {
  std::vector<Code> codes;
  codes.reserve(values.size());
  for (const float value : values) {
    codes.push_back(std::isnan(value) ? Code{-1} : static_cast<Code>(value));
  }
  return codes;
}

void WriteTexts(const std::string& dataset, const std::vector<std::string>& texts,
                hdf5::Writer* writer) {
  writer->Texts(dataset, static_cast<int64_t>(texts.size()),
                [&](int64_t row) { return std::string_view(texts[row]); });
}

void WriteFeature(const FeatureColumn& feature, const std::string& link, hdf5::Writer* writer) {
  const FeatureDescription& description = feature.description;
  const std::string dataset = "/columns/" + link;
  if (description.kind == FeatureKind::kNumber) {
    writer->Column(dataset, feature.values);
  } else if (description.categories.size() <= std::numeric_limits<int8_t>::max()) {
    writer->Column(dataset, CodesOf<int8_t>(feature.values));
  } else {
    writer->Column(dataset, CodesOf<int32_t>(feature.values));
  }
  writer->TextAttribute(dataset, "kind", FeatureKindName(description.kind));
  if (link != description.name) writer->TextAttribute(dataset, "name", description.name);
  if (description.kind == FeatureKind::kCategory) {
    WriteTexts("/categories/" + link, description.categories, writer);
  }
}

}  // namespace

void WriteFeatureTable(const std::string& path, const FeatureTable& table, bool overwrite) {
  hdf5::Writer writer(path, overwrite);
  writer.TextAttribute("/", "tidewright-format", "feature-table");
  writer.TextAttribute("/", "tidewright-format-version", "1");
  // Names that can stand as they are come first, so that no made-up link takes one of them.
  std::vector<std::string> links(table.columns.size());
  std::unordered_set<std::string> taken;
  for (const bool plain : {true, false}) {
    for (size_t i = 0; i < links.size(); ++i) {
      const std::string& name = table.columns[i].description.name;
      const bool is_plain = name != "." && name.find('/') == std::string::npos;
      if (is_plain == plain) links[i] = LinkFor(name, &taken);
    }
  }
  writer.Group("/columns");
  writer.Group("/categories");
  for (size_t i = 0; i < links.size(); ++i) WriteFeature(table.columns[i], links[i], &writer);
  WriteTexts("/column_order", links, &writer);
  if (!table.label.empty()) {
    writer.Column("/label", std::vector<uint8_t>(table.label.begin(), table.label.end()));
    writer.TextAttribute("/label", "name", table.label_name);
  }
  if (!table.weight.empty()) writer.Column("/weight", table.weight);
  if (!table.group.empty()) writer.Column("/group", table.group);
  if (table.ids.size() > 0) {
    writer.Texts("/id", table.ids.size(), [&](int64_t row) { return table.ids[row]; });
  }
  writer.Commit();
}

}  // namespace tidewright
