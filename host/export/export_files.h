#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_FILES_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_FILES_H_

#include <string>

#include "host/core/ids.h"
#include "host/data/feature_table.h"
#include "host/export/export_job.h"

namespace tidewright {

// Files that stand beside a model in more than one format. Each is fsync'ed. Throw IoError.

// Ids stand in exports as UTF-8, where other bytes become U+FFFD and two ids could become one.
// `what`: "item". Throws DataError naming the row.
void CheckTextIds(const IdTable& ids, const std::string& what);

// A JSON list of texts, one a line: entry r is the id of row r.
void WriteIdList(const std::string& path, const IdTable& ids);

// user_ids.json, item_ids.json and, where the model has them, item_names.json; each is added to the
// card. `users`: whether the export has users at all.
void WriteIdLists(const ExportSource& source, const std::string& directory, bool users,
                  CardExport* card);

// features.json: {"label":"Churn=Yes","columns":[{"name":…,"kind":…,"categories":[…]},…]}
// `calibration`: JSON that stands in it under that name; nothing where it is empty.
void WriteFeatureList(const std::string& directory, const FeatureSpec& features, CardExport* card,
                      const std::string& calibration = "");

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_FILES_H_
