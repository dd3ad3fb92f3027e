#ifndef TIDEWRIGHT_HOST_CORE_RANDOM_H_
#define TIDEWRIGHT_HOST_CORE_RANDOM_H_

#include <cstdint>

#include "host/core/host_device.h"

namespace tidewright {

// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011). The draw depends on (seed, stream, index) alone, so it is the same on every
// thread, host and device.
struct PhiloxDraw {
  uint32_t word[4];
};

TIDEWRIGHT_HOST_DEVICE inline PhiloxDraw Philox(uint64_t seed, uint64_t stream, uint64_t index) {
  uint32_t c0 = static_cast<uint32_t>(index), c1 = static_cast<uint32_t>(index >> 32);
  uint32_t c2 = static_cast<uint32_t>(stream), c3 = static_cast<uint32_t>(stream >> 32);
  uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = 0xD2511F53ull * c0;
    const uint64_t p1 = 0xCD9E8D57ull * c2;
    const uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    const uint32_t n2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

// Uniform in (0, 1), never 0 or 1: 23 bits and a half, exact in float.
TIDEWRIGHT_HOST_DEVICE inline float UniformFloat(uint32_t word) {
  return (static_cast<float>(word >> 9) + 0.5f) * (1.0f / 8388608.0f);
}

// Uniform in (0, 1), never 0 or 1: 52 bits and a half, exact in double.
TIDEWRIGHT_HOST_DEVICE inline double UniformDouble(uint32_t high, uint32_t low) {
  const uint64_t bits = ((static_cast<uint64_t>(high) << 32) | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * (1.0 / 4503599627370496.0);
}

// Uniform in [0, bound) by multiply-shift (Lemire); bound > 0. The bias is below bound / 2^64.
TIDEWRIGHT_HOST_DEVICE inline uint64_t UniformBelow(const PhiloxDraw& draw, uint64_t bound) {
  const uint64_t bits = (static_cast<uint64_t>(draw.word[0]) << 32) | draw.word[1];
  return static_cast<uint64_t>((static_cast<unsigned __int128>(bits) * bound) >> 64);
}

// The purposes random numbers are drawn for. Each has a stream of its own, so that no two share
// draws.
enum class RandomStream : uint64_t {
  kUserFactors = 1,
  kItemFactors = 2,
  kSplit = 3,
  kSplitUsers = 4,
  kBootstrap = 5,
  kSynthetic = 6,
  kValidationSplit = 7,
  kValidationUsers = 8,
  kFolds = 9,
  kTableHoldOut = 10,
  kSyntheticTable = 11,
  kTreeBins = 12,
  kTreeRows = 13,
  kTreeColumns = 14,
  kPermutation = 15,
  kSyntheticCustomers = 16,
  kNegativeSampling = 20,
  kCohort = 21,
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_RANDOM_H_
