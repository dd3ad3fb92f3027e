#ifndef TIDEWRIGHT_HOST_IALS_FACTOR_STORAGE_H_
#define TIDEWRIGHT_HOST_IALS_FACTOR_STORAGE_H_

#include <cstdint>

#include "host/core/narrow_floats.h"
#include "host/ials/ials.h"

namespace tidewright {

// What factors are rounded to once their row is solved; all that reads them afterwards reads the
// rounded numbers, and sums are made in float32 or wider whatever it is.
enum class FactorStorage { kFp32, kBf16, kFp16 };

FactorStorage StorageOf(const IalsConfig& config);

constexpr int64_t BytesOf(FactorStorage storage) { return storage == FactorStorage::kFp32 ? 4 : 2; }

// Calls visit with a value of the type that factors are stored in: float, Bf16 or Fp16.
template <class Visit>
auto WithElement(FactorStorage storage, const Visit& visit) {
  if (storage == FactorStorage::kBf16) return visit(Bf16());
  if (storage == FactorStorage::kFp16) return visit(Fp16());
  return visit(0.0f);
}

// Rounds the numbers where they are. False where one of them has no finite neighbour in the storage
// or was not finite before: the run has diverged.
bool RoundToStorage(FactorStorage storage, int64_t count, float* values);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_FACTOR_STORAGE_H_
