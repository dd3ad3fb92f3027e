#include "host/core/progress.h"

namespace tidewright {

Progress& SilentProgress() {
  static Progress silent;
  return silent;
}

}  // namespace tidewright
