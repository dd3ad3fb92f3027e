#include "host/ials/factor_storage.h"

#include <type_traits>

namespace tidewright {

FactorStorage StorageOf(const IalsConfig& config) {
  return config.storage == "bf16"   ? FactorStorage::kBf16
         : config.storage == "fp16" ? FactorStorage::kFp16
                                    : FactorStorage::kFp32;
}

bool RoundToStorage(FactorStorage storage, int64_t count, float* values) {
  return WithElement(storage, [&](auto element) {
    if constexpr (std::is_same_v<decltype(element), float>) return true;
    bool finite = true;
    for (int64_t k = 0; k < count; ++k) {
      Narrow(values[k], &element);
      values[k] = Widen(element);
      // The difference of an infinity or a NaN from itself is a NaN.
      finite = finite && values[k] - values[k] == 0.0f;
    }
    return finite;
  });
}

}  // namespace tidewright
