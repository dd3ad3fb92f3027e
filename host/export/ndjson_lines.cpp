#include "host/export/ndjson_lines.h"

#include <string_view>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/data/import/delimited.h"

namespace tidewright {

void WriteDocuments(const std::string& path, int64_t rows,
                    const std::function<void(int64_t row, std::string* lines)>& append) {
  OutputFile file(path);
  std::string lines;
  for (int64_t row = 0; row < rows; ++row) {
    append(row, &lines);
    if (lines.size() < kFlushBytes && row + 1 < rows) continue;
    file.Write(lines.data(), static_cast<int64_t>(lines.size()));
    lines.clear();
  }
  file.Commit();
}

void CheckDocumentIds(const IdTable& ids, const std::string& what) {
  for (int64_t row = 0; row < ids.size(); ++row) {
    const bool empty = ids[row].empty();
    if (!empty && FindInvalidUtf8(ids[row]) == std::string_view::npos) continue;
    throw DataError(what + " row " + std::to_string(row) + ": its id is " +
                    (empty ? "empty" : "not valid UTF-8") +
                    ", and documents need an id in UTF-8; import the data with other ids");
  }
}

}  // namespace tidewright
