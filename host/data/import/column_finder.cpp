#include "host/data/import/column_finder.h"

#include <algorithm>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/data/import/field_parse.h"

namespace tidewright {

std::vector<std::string> ColumnNames(const std::vector<std::string_view>& first_record,
                                     bool header) {
  std::vector<std::string> names;
  for (size_t i = 0; i < first_record.size(); ++i) {
    names.push_back(header ? std::string(Trimmed(first_record[i])) : std::to_string(i + 1));
  }
  return names;
}

size_t ColumnFinder::operator()(const std::string& column, const std::string& flag) const {
  const auto found = std::find(names_.begin(), names_.end(), column);
  if (found == names_.end()) {
    throw UsageError(flag + ": " + path_ + " has no column '" + column + "'" +
                     DidYouMean(column, names_) + " (" + Listed() + ")");
  }
  if (std::find(found + 1, names_.end(), column) != names_.end()) {
    throw UsageError(flag + ": " + path_ + " has more than one column '" + column +
                     "'; rename one in the file");
  }
  return static_cast<size_t>(found - names_.begin());
}

std::optional<size_t> ColumnFinder::Optional(const std::string& column,
                                             const std::string& flag) const {
  if (column.empty()) return std::nullopt;
  return (*this)(column, flag);
}

std::string ColumnFinder::Listed() const {
  constexpr size_t kShown = 12;
  std::string text = named_ ? "its columns: " : "without a header columns are numbered: ";
  for (size_t i = 0; i < std::min(names_.size(), kShown); ++i) {
    text += (i > 0 ? ", " : "") + names_[i];
  }
  return names_.size() > kShown ? text + ", …" : text;
}

}  // namespace tidewright
