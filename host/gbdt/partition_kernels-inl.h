// Included once for every instruction set by partition.cpp (Highway's foreach_target): no include
// guard on purpose.
#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Rows whose bin's entry in `goes_left` is not 0 to `left` upwards, the others to `right` upwards;
// returns how many went left. `left` may be `from`. Up to `count` places of each are written,
// whatever goes there in the end. `column` is readable for 3 bytes beyond the last row.
int64_t PartKernel(const uint8_t* column, const int32_t* goes_left, const uint32_t* from,
                   int64_t count, uint32_t* left, uint32_t* right) {
  const hn::ScalableTag<int32_t> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto byte = hn::Set(d, 255);
  int64_t lefts = 0;
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto rows = hn::LoadU(du, from + i);
    const auto four_bytes =
        hn::GatherOffset(d, reinterpret_cast<const int32_t*>(column), hn::BitCast(d, rows));
    const auto side = hn::GatherIndex(d, goes_left, hn::And(four_bytes, byte));
    const auto is_left = hn::RebindMask(du, hn::Ne(side, hn::Zero(d)));
    // A whole vector is written: the rows of this one are read, those after it stay.
    hn::StoreU(hn::CompressNot(rows, is_left), du, right + (i - lefts));
    hn::StoreU(hn::Compress(rows, is_left), du, left + lefts);
    lefts += static_cast<int64_t>(hn::CountTrue(du, is_left));
  }
  for (; i < count; ++i) {
    const uint32_t row = from[i];
    const bool is_left = goes_left[column[row]] != 0;
    right[i - lefts] = row;
    left[lefts] = row;
    lefts += is_left ? 1 : 0;
  }
  return lefts;
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
