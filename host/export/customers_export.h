#ifndef TIDEWRIGHT_HOST_EXPORT_CUSTOMERS_EXPORT_H_
#define TIDEWRIGHT_HOST_EXPORT_CUSTOMERS_EXPORT_H_

#include <string>

#include "host/export/export_job.h"

namespace tidewright {

// What a churn model says of the customers of request.data, a document a customer:
//   customers.ndjson  {"id":…,"label":…,"probability":…,"log_odds":…,"base_log_odds":…,
//                      "reasons":[{"column":…,"value":…,"log_odds":…},…],"other_log_odds":…}
//   bulk.ndjson       the same behind an action line, for OpenSearch and Elasticsearch
//   vespa.jsonl       the same as Vespa's puts
// A hazard model adds leave_within_7d, … behind the probability, and its log-odds are a mean over
// the periods. BG/NBD has p_alive and expected_events instead of log-odds and reasons. Base,
// reasons and the others together are the log-odds, which are those before calibration. In the
// documents of the engines, where a field has one type, a reason's value is a text, and left out
// where it is missing. Throws as RunScoreJob, and DataError where two rows have one id.
void ExportCustomers(const ExportSource& source, const std::string& directory, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_CUSTOMERS_EXPORT_H_
