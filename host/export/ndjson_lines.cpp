#include "host/export/ndjson_lines.h"

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/export/export_files.h"

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
    if (!ids[row].empty()) continue;
    throw DataError(what + " row " + std::to_string(row) +
                    ": its id is empty, and documents need one; import the data with other ids");
  }
  CheckTextIds(ids, what);
}

}  // namespace tidewright
