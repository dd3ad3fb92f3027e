#ifndef TIDEWRIGHT_HOST_DATA_HDF5_TABLE_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_TABLE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "host/data/feature_table.h"

namespace tidewright {

// True where `path` is an HDF5 file with the table schema of datasets/README.md. Throws IoError
// where it cannot be opened.
bool IsFeatureTable(const std::string& path);

// Reads and checks it: lengths agreeing, numbers finite or missing, labels 0 or 1, weights finite
// and not negative, categories distinct and codes in range, ids distinct where there are no groups.
// Throws DataError (malformed: file, dataset, row, expected) or IoError.
FeatureTable ReadFeatureTable(const std::string& path);

// The same, some rows at a time: a table larger than memory. What ReadFeatureTable checks is
// checked where it is read.
class TableFile {
 public:
  // Opens every column and checks lengths, names and categories.
  explicit TableFile(const std::string& path);
  ~TableFile();

  int64_t rows() const;
  // So many that no chunk of the file is read many times.
  int64_t rows_at_once() const;
  // Rows [begin, end) without ids and fingerprint. Of a category column whose texts stand in the
  // rows the categories are those of these rows.
  FeatureTable Read(int64_t begin, int64_t end);
  // Of every row; none where the file has none.
  IdTable Ids();

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

// Writes the schema (deflate + shuffle, chunked), atomically. Throws IoError, and UsageError where
// `path` exists and `overwrite` is false.
void WriteFeatureTable(const std::string& path, const FeatureTable& table, bool overwrite);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_TABLE_FILE_H_
