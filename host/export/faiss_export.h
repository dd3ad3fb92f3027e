#ifndef TIDEWRIGHT_HOST_EXPORT_FAISS_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_FAISS_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// items.faiss, FAISS's own file of an IndexFlatIP over the item vectors, little-endian and without
// padding:
//   "IxFI", i32 dimension, i64 vectors, i64 2^20 twice, u8 trained = 1, i32 metric = 0 (inner
//   product), u64 floats, the floats row by row.
// Beside it the user vectors, which are the queries, and the ids of both. Streamed from memory.
void ExportFaiss(const ExportSource& source, const std::string& directory, CardExport* card);

// The index alone. Throws UsageError where there are more factors than FAISS can count.
void WriteFaissFlat(const std::string& path, const float* vectors, int64_t count,
                    int64_t dimension);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_FAISS_EXPORT_H_
