#ifndef TIDEWRIGHT_HOST_EXPORT_ONNX_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_ONNX_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// ONNX graphs: a recommender's recommend.onnx and fold_in.onnx with the ids of the rows they speak
// of; a classifier's model.onnx with its columns. Factors of more than request.inline_limit bytes
// lie in model.safetensors beside the graphs, which read them from there: protobuf ends at 2 GB.
void ExportOnnx(const ExportSource& source, const std::string& directory, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_ONNX_EXPORT_H_
