// Included once for every instruction set by top_k.cpp (Highway's foreach_target): no include guard
// on purpose.
#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Writes the places of the scores above `threshold`, rising, and returns how many. n is a multiple
// of 16; `places` has room for n + 16.
int64_t PlacesAboveKernel(const float* scores, int64_t n, float threshold, int32_t* places) {
  const hn::CappedTag<float, 16> d;
  const hn::RebindToSigned<decltype(d)> di;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto bar = hn::Set(d, threshold);
  const auto step = hn::Set(di, static_cast<int32_t>(lanes));
  auto place = hn::Iota(di, 0);
  int64_t count = 0;
  for (int64_t i = 0; i < n; i += lanes) {
    const auto above = hn::Gt(hn::LoadU(d, scores + i), bar);
    if (!hn::AllFalse(d, above)) {
      count += static_cast<int64_t>(
          hn::CompressStore(place, hn::RebindMask(di, above), di, places + count));
    }
    place = hn::Add(place, step);
  }
  return count;
}

// Adds to *higher and *equal the scores above and level with `threshold`. n is a multiple of 16.
void CountAgainstKernel(const float* scores, int64_t n, float threshold, int64_t* higher,
                        int64_t* equal) {
  const hn::CappedTag<float, 16> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto bar = hn::Set(d, threshold);
  size_t above = 0;
  size_t level = 0;
  for (int64_t i = 0; i < n; i += lanes) {
    const auto score = hn::LoadU(d, scores + i);
    above += hn::CountTrue(d, hn::Gt(score, bar));
    level += hn::CountTrue(d, hn::Eq(score, bar));
  }
  *higher += static_cast<int64_t>(above);
  *equal += static_cast<int64_t>(level);
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
