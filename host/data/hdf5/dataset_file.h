#ifndef TIDEWRIGHT_HOST_DATA_HDF5_DATASET_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_DATASET_FILE_H_

#include <string>

#include "host/data/dataset.h"

namespace tidewright {

struct ReadOptions {
  bool extra_event_columns = false;  // read /events columns beyond the five, too
};

// Tells which layout the file has, reads it and checks it. Throws DataError (malformed: file,
// dataset, row, expected) or IoError (cannot be opened). Uses NumThreads() threads to inflate raw
// chunks.
Dataset ReadDataset(const std::string& path, const ReadOptions& options = {});

// Writes the event log schema of datasets/README.md (deflate + shuffle, chunked), atomically: a
// temporary file beside `path`, fsync, rename. Throws IoError, and UsageError where `path` exists
// and `overwrite` is false.
void WriteEventLog(const std::string& path, const Dataset& dataset, bool overwrite);

// Writes /X (and /test where set) as AnnData CSR with ids under /users and /items, atomically as
// above.
void WriteMatrix(const std::string& path, const Dataset& dataset, bool overwrite);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_DATASET_FILE_H_
