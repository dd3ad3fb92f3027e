#include "host/core/build_info.h"

namespace tidewright {

std::string BuildVersion() { return TIDEWRIGHT_VERSION; }

std::string BuildCommit() { return TIDEWRIGHT_COMMIT; }

}  // namespace tidewright
