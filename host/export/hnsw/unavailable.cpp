#include "host/export/hnsw/hnsw.h"

namespace tidewright {

bool HasLibfaiss() { return false; }

std::unique_ptr<HnswIndex> MakeHnsw(int64_t, int64_t, const HnswSettings&) {
  RequireLibfaiss();
  return nullptr;
}

}  // namespace tidewright
