#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_COLUMN_FINDER_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_COLUMN_FINDER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewright {

// What the columns of a text file are called: by its first record or, without a header, "1", "2",
// ….
std::vector<std::string> ColumnNames(const std::vector<std::string_view>& first_record,
                                     bool header);

// Looks columns up by name. Throws UsageError naming the flag, with the nearest name, where there
// is none or more than one.
class ColumnFinder {
 public:
  ColumnFinder(const std::vector<std::string>& names, const std::string& path, bool named)
      : names_(names), path_(path), named_(named) {}

  size_t operator()(const std::string& column, const std::string& flag) const;
  std::optional<size_t> Optional(const std::string& column, const std::string& flag) const;

 private:
  std::string Listed() const;

  const std::vector<std::string>& names_;
  const std::string& path_;
  bool named_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_COLUMN_FINDER_H_
