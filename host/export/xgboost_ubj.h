#ifndef TIDEWRIGHT_HOST_EXPORT_XGBOOST_UBJ_H_
#define TIDEWRIGHT_HOST_EXPORT_XGBOOST_UBJ_H_

#include "host/core/partial_file.h"
#include "host/export/xgboost_json.h"

namespace tidewright {

// The same document as UBJSON (Draft 12, big-endian), XGBoost's own default: read by XGBoost 2 and
// 3 from files whose name ends in .ubj. Arrays of a tree are typed as XGBoost types them; of whole
// numbers outside of those each has its own type.
void WriteXgboostUbj(const XgboostDocument& document, PartialFile& file);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_XGBOOST_UBJ_H_
