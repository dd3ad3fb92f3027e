#include "host/data/hdf5/table_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

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
constexpr int64_t kRowsAtOnce = 1 << 14;
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

}  // namespace

// Opens everything, and reads rows of it.
class TableFile::Reader {
 public:
  explicit Reader(const std::string& path) : file_(path) {
    if (!file_.HasGroup(kColumns)) {
      file_.Fail(kColumns, "is missing",
                 "a table as datasets/README.md has it (tidewright import table makes one of a CSV "
                 "file)");
    }
    const std::vector<std::string> links = Links();
    FindRows(links);
    for (const std::string& link : links) OpenFeature(link);
    CheckNames(links);
    label_ = OpenWhereThere("/label");
    weight_ = OpenWhereThere("/weight");
    group_ = OpenWhereThere("/group");
    id_ = OpenWhereThere("/id");
  }

  int64_t rows() const { return rows_; }
  int64_t LargestChunk() const {
    int64_t largest = 0;
    for (const Source& source : sources_) {
      largest = std::max(largest, source.column.rows_a_block());
    }
    return largest;
  }

  FeatureTable Read(int64_t begin, int64_t end) {
    FeatureTable table;
    table.path = file_.path();
    table.rows = end - begin;
    for (Source& source : sources_) table.columns.push_back(ReadFeature(&source, begin, end));
    if (label_) {
      table.label_name = file_.TextAttribute("/label", "name").value_or("label");
      table.label.resize(static_cast<size_t>(table.rows));
      label_->Restrict(begin, table.rows);
      hdf5::ReadCodes(*label_, 2, false, "0 or 1", table.label.data());
    }
    if (weight_) {
      table.weight.resize(static_cast<size_t>(table.rows));
      weight_->Restrict(begin, table.rows);
      hdf5::ReadWeights(*weight_, table.weight.data());
    }
    if (group_) ReadGroup(begin, &table);
    return table;
  }

  IdTable Ids() {
    if (!id_) return {};
    return group_ ? hdf5::ReadRepeatedIds(*id_) : hdf5::ReadIds(*id_);
  }

 private:
  // A column of the table, open.
  struct Source {
    Column column;
    FeatureDescription description;
    int64_t categories = 0;      // of codes with their texts in the file
    std::string expected_codes;  // in words
  };

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
    rows_ = Column::Open(file_, rows_name_).rows();
    if (rows_ == 0) file_.Fail(rows_name_, "is empty", "at least one row");
  }

  static std::string Path(const std::string& link) { return std::string(kColumns) + "/" + link; }

  Column OpenAligned(const std::string& dataset) const {
    Column column = Column::Open(file_, dataset);
    if (column.rows() != rows_) {
      column.Fail("has " + std::to_string(column.rows()) + " rows",
                  std::to_string(rows_) + ", as " + rows_name_);
    }
    return column;
  }
  std::optional<Column> OpenWhereThere(const std::string& dataset) const {
    if (!file_.HasDataset(dataset)) return std::nullopt;
    return OpenAligned(dataset);
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

  void OpenFeature(const std::string& link) {
    Source source{OpenAligned(Path(link)), {}, 0, ""};
    const Column& column = source.column;
    const std::string categories = std::string(kCategories) + "/" + link;
    const bool has_categories = file_.HasDataset(categories);
    source.description.name = file_.TextAttribute(column.name(), "name").value_or(link);
    source.description.kind = KindOf(column, has_categories);
    if (source.description.kind == FeatureKind::kCategory && !column.is_text()) {
      if (!has_categories) {
        column.Fail("is numbers, of kind category",
                    "text, or codes with their texts in " + categories);
      }
      ReadCategories(categories, &source);
    }
    sources_.push_back(std::move(source));
  }

  void ReadCategories(const std::string& categories, Source* source) const {
    const Column texts = Column::Open(file_, categories);
    if (texts.rows() > kMaxCategories) {
      texts.Fail("has " + std::to_string(texts.rows()) + " categories", "at most 16777216");
    }
    source->description.categories = hdf5::ReadTexts(texts);
    Interner seen;
    for (int64_t code = 0; code < texts.rows(); ++code) {
      const std::string& category = source->description.categories[code];
      if (category.empty()) {
        texts.Fail({code, "is an empty text", "a category (a missing value has code -1)"});
      }
      const int64_t first = seen.Intern(category);
      if (first != code) {
        texts.Fail({code, "category '" + category + "' is that of row " + std::to_string(first),
                    "each category once"});
      }
    }
    source->categories = texts.rows();
    source->expected_codes = "a whole number below " + std::to_string(texts.rows()) +
                             " (the rows of " + categories + ")";
  }

  static FeatureColumn ReadFeature(Source* source, int64_t begin, int64_t end) {
    FeatureColumn feature{source->description, {}};
    feature.values.resize(static_cast<size_t>(end - begin));
    Column& column = source->column;
    column.Restrict(begin, end - begin);
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
        } else {
          hdf5::ReadCodes(column, source->categories, true, source->expected_codes,
                          feature.values.data());
        }
        break;
    }
    return feature;
  }

  void CheckNames(const std::vector<std::string>& links) const {
    std::unordered_map<std::string_view, size_t> seen;
    for (size_t i = 0; i < links.size(); ++i) {
      const std::string& name = sources_[i].description.name;
      const auto [found, is_new] = seen.emplace(name, i);
      if (is_new && !name.empty()) continue;
      file_.Fail(Path(links[i]),
                 name.empty() ? "has an empty name"
                              : "has the name '" + name + "', as " + Path(links[found->second]),
                 "a name of its own");
    }
  }

  void ReadGroup(int64_t begin, FeatureTable* table) {
    Column& column = *group_;
    column.Restrict(begin, table->rows);
    table->group.resize(static_cast<size_t>(table->rows));
    if (!column.is_text()) {
      const int64_t bound = std::numeric_limits<int32_t>::max();
      hdf5::ReadIndices(column, bound, "a group's number", table->group.data());
      return;
    }
    int64_t row = 0;
    hdf5::ForEachText(column, [&](std::string_view text) {
      if (text.empty()) column.Fail({row, "is an empty text", "the group that the row belongs to"});
      table->group[row++] = groups_.Intern(text);
    });
  }

  const File file_;
  std::string rows_name_;
  int64_t rows_ = 0;
  std::vector<Source> sources_;
  std::optional<Column> label_;
  std::optional<Column> weight_;
  std::optional<Column> group_;
  std::optional<Column> id_;
  Interner groups_;  // of text
};

TableFile::TableFile(const std::string& path) : reader_(std::make_unique<Reader>(path)) {}
TableFile::~TableFile() = default;

int64_t TableFile::rows() const { return reader_->rows(); }

int64_t TableFile::rows_at_once() const { return std::max(kRowsAtOnce, reader_->LargestChunk()); }

FeatureTable TableFile::Read(int64_t begin, int64_t end) { return reader_->Read(begin, end); }

IdTable TableFile::Ids() { return reader_->Ids(); }

bool IsFeatureTable(const std::string& path) { return File(path).HasGroup(kColumns); }

FeatureTable ReadFeatureTable(const std::string& path) {
  TableFile file(path);
  FeatureTable table = file.Read(0, file.rows());
  table.ids = file.Ids();
  table.fingerprint = FingerprintOf(table);
  return table;
}

}  // namespace tidewright
