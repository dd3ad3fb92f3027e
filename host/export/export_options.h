#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_OPTIONS_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_OPTIONS_H_

#include <string>

#include "host/core/config.h"
#include "host/export/export_job.h"

namespace tidewright {

// The options of a format: --top-k, --data, …
ConfigFields FieldsOf(ExportRequest& request);

// Throws UsageError where the request lacks an option that `format` asks for, or has one that it
// has no use for.
void CheckExportOptions(const ExportFormat& format, const std::string& model_kind,
                        const ExportRequest& request);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_OPTIONS_H_
