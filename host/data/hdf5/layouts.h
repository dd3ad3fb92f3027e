#ifndef TIDEWRIGHT_HOST_DATA_HDF5_LAYOUTS_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_LAYOUTS_H_

#include <optional>
#include <string>

#include "host/data/dataset.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/hdf5/file.h"

namespace tidewright::hdf5 {

// One function a layout. Each fills everything of `dataset` but path and fingerprint.

bool IsEventLog(const File& file);
void ReadEventLogLayout(const File& file, const ReadOptions& options, Dataset* dataset);

// The group that holds the matrix: /X, the root, /train, /matrix or the single other group of the
// root that is one. Throws DataError where several are.
std::optional<std::string> FindMatrix(const File& file);
void ReadMatrixLayout(const File& file, const std::string& group, Dataset* dataset);

// Where the ids of users or items stand: `group` has them in its data set `name`.
struct IdPlace {
  std::string group;
  std::string name;
};
// Tidewright's own place, or AnnData's, whose group names its index by an attribute; nothing where
// neither has ids.
std::optional<IdPlace> FindIds(const File& file, const std::string& group,
                               const std::string& anndata_group);

// The names of a group's columns beside its ids, those that have `rows` rows; the others are passed
// over.
std::vector<std::string> ColumnsBesideIds(const File& file, const std::string& group,
                                          const std::string& ids_name, int64_t rows);
// These columns.
std::vector<TableColumn> ReadTable(const File& file, const std::string& group,
                                   const std::string& ids_name, int64_t rows);

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_LAYOUTS_H_
