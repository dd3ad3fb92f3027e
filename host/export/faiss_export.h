#ifndef TIDEWRIGHT_HOST_EXPORT_FAISS_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_FAISS_EXPORT_H_

#include <string>

#include "host/export/export_vectors.h"

namespace tidewright {

// items.faiss, FAISS's own file of an IndexFlatIP over the item vectors, little-endian and without
// padding:
//   "IxFI", i32 dimension, i64 vectors, i64 2^20 twice, u8 trained = 1, i32 metric = 0 (inner
//   product), u64 floats, the floats row by row.
// With request.precision an IndexScalarQuantizer of QT_fp16 or QT_8bit instead:
//   "IxSQ", the same up to the metric, i32 quantizer (4 or 0), i32 0, f32 0, u64 dimension, u64
//   bytes a vector, u64 numbers and the numbers that it was trained to (of QT_8bit: each column's
//   least number, then each column's width), u64 bytes, the codes row by row.
// With request.index hnsw what libfaiss writes of an IndexHNSWFlat (hnsw/hnsw.h).
// Beside it the user vectors, which are the queries, float32, and the ids of both.
void ExportFaiss(const ExportSource& source, const std::string& directory, CardExport* card);

// The index of the items alone. Throws UsageError where there are more factors than FAISS can
// count.
void WriteFaissFlat(const std::string& path, const ExportVectors& items);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_FAISS_EXPORT_H_
