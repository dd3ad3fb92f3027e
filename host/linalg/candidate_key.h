#ifndef TIDEWRIGHT_HOST_LINALG_CANDIDATE_KEY_H_
#define TIDEWRIGHT_HOST_LINALG_CANDIDATE_KEY_H_

#include <cstdint>
#include <cstring>

#include "host/core/host_device.h"

namespace tidewright {

constexpr int kMaxTopK = 1024;  // the longest list, on every device

// A score and its item as one number that sorts best first, ties by the smaller id: no two
// candidates of a list are equal, so that "the k smallest keys" has one answer.
TIDEWRIGHT_HOST_DEVICE inline uint64_t CandidateKey(float score, int32_t item) {
  const float canonical = score + 0.0f;  // -0 is 0
  uint32_t bits;
  memcpy(&bits, &canonical, sizeof(bits));
  const uint32_t rising = bits ^ ((bits >> 31) != 0 ? 0xffffffffu : 0x80000000u);
  return static_cast<uint64_t>(~rising) << 32 | static_cast<uint32_t>(item);
}

TIDEWRIGHT_HOST_DEVICE inline int32_t CandidateItem(uint64_t key) {
  return static_cast<int32_t>(key & 0xffffffffu);
}

TIDEWRIGHT_HOST_DEVICE inline float CandidateScore(uint64_t key) {
  const uint32_t rising = ~static_cast<uint32_t>(key >> 32);
  const uint32_t bits = (rising >> 31) != 0 ? rising ^ 0x80000000u : ~rising;
  float score;
  memcpy(&score, &bits, sizeof(score));
  return score;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_CANDIDATE_KEY_H_
