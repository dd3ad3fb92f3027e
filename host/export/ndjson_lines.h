#ifndef TIDEWRIGHT_HOST_EXPORT_NDJSON_LINES_H_
#define TIDEWRIGHT_HOST_EXPORT_NDJSON_LINES_H_

#include <cstdint>
#include <functional>
#include <string>

#include "host/core/ids.h"

namespace tidewright {

// A text for each row, streamed. Throws IoError.
void WriteDocuments(const std::string& path, int64_t rows,
                    const std::function<void(int64_t row, std::string* lines)>& append);

// An id is the document's key: the engines take no empty one, and CheckTextIds holds. `what`:
// "item". Throws DataError naming the row.
void CheckDocumentIds(const IdTable& ids, const std::string& what);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_NDJSON_LINES_H_
