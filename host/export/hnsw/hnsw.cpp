#include "host/export/hnsw/hnsw.h"

#include "host/core/errors.h"

namespace tidewright {

std::vector<std::pair<std::string, int>> SettingsOf(const HnswSettings& settings) {
  return {{"links", settings.links},
          {"ef_construction", settings.ef_construction},
          {"ef_search", settings.ef_search}};
}

void RequireLibfaiss() {
  if (HasLibfaiss()) return;
  throw UsageError(
      "--index hnsw: this program was built without libfaiss; build it with "
      "-DTIDEWRIGHT_FAISS=ON (Debian: libfaiss-dev), or leave --index out for the exact index");
}

}  // namespace tidewright
