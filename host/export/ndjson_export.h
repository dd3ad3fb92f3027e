#ifndef TIDEWRIGHT_HOST_EXPORT_NDJSON_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_NDJSON_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// Item vectors as search engines take them, a document an item: bulk.ndjson for OpenSearch and
// Elasticsearch (an action line, then the document), vespa.jsonl for Vespa (a put a line); and
// users.ndjson, {"id":…,"vector":[…]} a line. Numbers read back to the same float. Of a classifier
// the customers of request.data: see customers_export.h.
void ExportNdjson(const ExportSource& source, const std::string& directory, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_NDJSON_EXPORT_H_
