#include "host/data/hdf5/table_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "host/data/hdf5/file.h"
#include "host/data/hdf5/numeric.h"
#include "host/data/hdf5/text.h"
#include "host/data/import/interner.h"

namespace tidewright {
namespace {

using hdf5::Column;
using hdf5::File;

constexpr const char* kColumns = "/columns";
constexpr const char* kCategories = "/categories";
constexpr int64_t kMaxCategories = int64_t{1} << 24;  // so that a float holds every code

// Text values become the codes of their categories, in the order of the categories' bytes.
void ReadTextCategories(const Column& column, FeatureColumn* feature) {
  Interner seen;
  int64_t row = 0;
  hdf5::ForEachText(column, [&](std::string_view text) {
    float& value = feature->values[row++];
    value = text.empty() ? kMissing : static_cast<float>(seen.Intern(text));
    if (seen.size() > kMaxCategories) {
      column.Fail({row - 1, "is category " + std::to_string(seen.size()), "at most 16777216"});
    }
  });
  std::vector<int32_t> order(static_cast<size_t>(seen.size()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return seen[a] < seen[b]; });
  std::vector<float> code(order.size());
  for (size_t rank = 0; rank < order.size(); ++rank) {
    code[order[rank]] = static_cast<float>(rank);
    feature->description.categories.emplace_back(seen[order[rank]]);
  }
  for (float& value : feature->values) {
    if (!std::isnan(value)) value = code[static_cast<size_t>(value)];
  }
}

class TableReader {
 public:
  explicit TableReader(const File& file) : file_(file) {}

  FeatureTable Read() {
    table_.path = file_.path();
    const std::vector<std::string> links = Links();
    FindRows(links);
    for (const std::string& link : links) ReadFeature(link);
    CheckNames(links);
    ReadLabel();
    ReadWeight();
    ReadGroup();
    ReadIds();
    table_.fingerprint = FingerprintOf(table_);
    return std::move(table_);
  }

 private:
  // The data sets of /columns in the order of the table.
  std::vector<std::string> Links() const {
    std::vector<std::string> links = file_.List(kColumns);
    if (links.empty()) file_.Fail(kColumns, "holds no data set", "at least one column");
    const std::string path = "/column_order";
    if (!file_.HasDataset(path)) return links;
    const Column column = Column::Open(file_, path);
    std::vector<std::string> order = hdf5::ReadTexts(column);
    std::vector<bool> seen(links.size(), false);
    for (size_t row = 0; row < order.size(); ++row) {
      const auto found = std::lower_bound(links.begin(), links.end(), order[row]);
      const bool known = found != links.end() && *found == order[row];
      if (!known || seen[found - links.begin()]) {
        column.Fail({static_cast<int64_t>(row),
                     "'" + order[row] + (known ? "' comes twice" : "' is not in /columns"),
                     "each data set of /columns once"});
      }
      seen[found - links.begin()] = true;
    }
    if (order.size() != links.size()) {
      column.Fail("has " + std::to_string(order.size()) + " rows",
                  std::to_string(links.size()) + ", each data set of /columns once");
    }
    return order;
  }

  void FindRows(const std::vector<std::string>& links) {
    rows_name_ = file_.HasDataset("/label") ? "/label" : Path(links.front());
    table_.rows = Column::Open(file_, rows_name_).rows();
    if (table_.rows == 0) file_.Fail(rows_name_, "is empty", "at least one row");
  }

  static std::string Path(const std::string& link) { return std::string(kColumns) + "/" + link; }

  Column OpenAligned(const std::string& dataset) const {
    Column column = Column::Open(file_, dataset);
    if (column.rows() != table_.rows) {
      column.Fail("has " + std::to_string(column.rows()) + " rows",
                  std::to_string(table_.rows) + ", as " + rows_name_);
    }
    return column;
  }

  FeatureKind KindOf(const Column& column, bool has_categories) const {
    const std::optional<std::string> kind = file_.TextAttribute(column.name(), "kind");
    if (!kind) {
      if (column.is_text() || has_categories) return FeatureKind::kCategory;
      return column.is_enumeration() ? FeatureKind::kBoolean : FeatureKind::kNumber;
    }
    for (const FeatureKind known :
         {FeatureKind::kNumber, FeatureKind::kBoolean, FeatureKind::kCategory}) {
      if (*kind == FeatureKindName(known)) return known;
    }
    column.Fail("attribute 'kind' is '" + *kind + "'", "number, boolean or category");
  }

  void ReadFeature(const std::string& link) {
    const Column column = OpenAligned(Path(link));
    const std::string categories = std::string(kCategories) + "/" + link;
    const bool has_categories = file_.HasDataset(categories);
    FeatureColumn feature;
    feature.description.name = file_.TextAttribute(column.name(), "name").value_or(link);
    feature.description.kind = KindOf(column, has_categories);
    feature.values.resize(static_cast<size_t>(table_.rows));
    switch (feature.description.kind) {
      case FeatureKind::kNumber:
        hdf5::ReadFloats(column, true, feature.values.data());
        break;
      case FeatureKind::kBoolean:
        hdf5::ReadCodes(column, 2, true, "0 or 1", feature.values.data());
        break;
      case FeatureKind::kCategory:
        if (column.is_text()) {
          ReadTextCategories(column, &feature);
        } else if (has_categories) {
          ReadCategoryCodes(column, categories, &feature);
        } else {
          column.Fail("is numbers, of kind category",
                      "text, or codes with their texts in " + categories);
        }
        break;
    }
    table_.columns.push_back(std::move(feature));
  }

  void ReadCategoryCodes(const Column& column, const std::string& categories,
                         FeatureColumn* feature) const {
    const Column texts = Column::Open(file_, categories);
    if (texts.rows() > kMaxCategories) {
      texts.Fail("has " + std::to_string(texts.rows()) + " categories", "at most 16777216");
    }
    feature->description.categories = hdf5::ReadTexts(texts);
    Interner seen;
    for (int64_t code = 0; code < texts.rows(); ++code) {
      const std::string& category = feature->description.categories[code];
      if (category.empty()) {
        texts.Fail({code, "is an empty text", "a category (a missing value has code -1)"});
      }
      const int64_t first = seen.Intern(category);
      if (first != code) {
        texts.Fail({code, "category '" + category + "' is that of row " + std::to_string(first),
                    "each category once"});
      }
    }
    const std::string expected = "a whole number below " + std::to_string(texts.rows()) +
                                 " (the rows of " + categories + ")";
    hdf5::ReadCodes(column, texts.rows(), true, expected, feature->values.data());
  }

  void CheckNames(const std::vector<std::string>& links) const {
    std::unordered_map<std::string_view, size_t> seen;
    for (size_t i = 0; i < links.size(); ++i) {
      const std::string& name = table_.columns[i].description.name;
      const auto [found, is_new] = seen.emplace(name, i);
      if (is_new && !name.empty()) continue;
      file_.Fail(Path(links[i]),
                 name.empty() ? "has an empty name"
                              : "has the name '" + name + "', as " + Path(links[found->second]),
                 "a name of its own");
    }
  }

  void ReadLabel() {
    if (!file_.HasDataset("/label")) return;
    const Column column = OpenAligned("/label");
    table_.label_name = file_.TextAttribute("/label", "name").value_or("label");
    table_.label.resize(static_cast<size_t>(table_.rows));
    hdf5::ReadCodes(column, 2, false, "0 or 1", table_.label.data());
  }

  void ReadWeight() {
    if (!file_.HasDataset("/weight")) return;
    const Column column = OpenAligned("/weight");
    table_.weight.resize(static_cast<size_t>(table_.rows));
    hdf5::ReadWeights(column, table_.weight.data());
  }

  void ReadGroup() {
    if (!file_.HasDataset("/group")) return;
    const Column column = OpenAligned("/group");
    table_.group.resize(static_cast<size_t>(table_.rows));
    if (!column.is_text()) {
      const int64_t bound = std::numeric_limits<int32_t>::max();
      hdf5::ReadIndices(column, bound, "a group's number", table_.group.data());
      return;
    }
    Interner seen;
    int64_t row = 0;
    hdf5::ForEachText(column, [&](std::string_view text) {
      if (text.empty()) column.Fail({row, "is an empty text", "the group that the row belongs to"});
      table_.group[row++] = seen.Intern(text);
    });
  }

  void ReadIds() {
    if (!file_.HasDataset("/id")) return;
    const Column column = OpenAligned("/id");
    table_.ids = table_.group.empty() ? hdf5::ReadIds(column) : hdf5::ReadRepeatedIds(column);
  }

  const File& file_;
  std::string rows_name_;
  FeatureTable table_;
};

}  // namespace

bool IsFeatureTable(const std::string& path) { return File(path).HasGroup(kColumns); }

FeatureTable ReadFeatureTable(const std::string& path) {
  const File file(path);
  if (!file.HasGroup(kColumns)) {
    file.Fail(kColumns, "is missing",
              "a table as datasets/README.md has it (tidewright import table makes one of a CSV "
              "file)");
  }
  return TableReader(file).Read();
}

}  // namespace tidewright
