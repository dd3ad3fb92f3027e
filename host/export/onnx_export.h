#ifndef TIDEWRIGHT_HOST_EXPORT_ONNX_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_ONNX_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// ONNX graphs: a recommender's recommend.onnx and fold_in.onnx with the ids of the rows they speak
// of; a classifier's model.onnx with its columns. Factors of more than request.inline_limit bytes
// lie in model.safetensors beside the graphs, which read them from there: protobuf ends at 2 GB.
void ExportOnnx(const ExportSource& source, const std::string& directory, CardExport* card);

// The same graphs one by one, for formats that lay them out otherwise. `directory` gets the graph
// as `name`, and the factors where they are too large for it; each is fsync'ed.
void WriteRecommendOnnx(const ExportSource& source, const std::string& directory,
                        const std::string& name);
// False, and nothing is written, where the algorithm folds no one in.
bool WriteFoldInOnnx(const ExportSource& source, const std::string& directory,
                     const std::string& name);
void WriteClassifierOnnx(const ExportSource& source, const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_ONNX_EXPORT_H_
