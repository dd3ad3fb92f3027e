#ifndef TIDEWRIGHT_HOST_EXPORT_SAFETENSORS_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_SAFETENSORS_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// model.safetensors with the arrays of host/model/FORMAT.md and what they are in its metadata;
// beside it the ids of a recommender's rows, or the columns of a classifier. Streamed from memory.
void ExportSafetensors(const ExportSource& source, const std::string& directory, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_SAFETENSORS_EXPORT_H_
