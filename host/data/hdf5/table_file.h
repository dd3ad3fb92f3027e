#ifndef TIDEWRIGHT_HOST_DATA_HDF5_TABLE_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_TABLE_FILE_H_

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

// Writes the schema (deflate + shuffle, chunked), atomically. Throws IoError, and UsageError where
// `path` exists and `overwrite` is false.
void WriteFeatureTable(const std::string& path, const FeatureTable& table, bool overwrite);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_TABLE_FILE_H_
