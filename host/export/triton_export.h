#ifndef TIDEWRIGHT_HOST_EXPORT_TRITON_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_TRITON_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// A model repository for Triton: MODEL/config.pbtxt and MODEL/1/, with dynamic batching. The models
// are recommend and fold_in, or score, by ONNX Runtime; boosted trees are besides score_fil,
// XGBoost's JSON for the FIL backend: input__0 holds the columns as numbers, a category as its
// code.
void ExportTriton(const ExportSource& source, const std::string& directory, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_TRITON_EXPORT_H_
