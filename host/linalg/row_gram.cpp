#include "host/linalg/row_gram.h"

// The same targets as dense.cpp.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/linalg/row_gram_kernels-inl.h"
#include <hwy/foreach_target.h>

#include "host/linalg/row_gram_kernels-inl.h"

namespace tidewright {

HWY_EXPORT(GatherRowsKernel);
HWY_EXPORT(RowGramKernel);
HWY_EXPORT(CombineRowsKernel);
HWY_EXPORT(InverseRootsKernel);

void GatherRows(const float* factors, int64_t stride, int64_t n, const int32_t* ids, int64_t count,
                const float* row_scale, const float* column_scale, float* panel) {
  HWY_DYNAMIC_DISPATCH(GatherRowsKernel)
  (factors, stride, n, ids, count, row_scale, column_scale, panel);
}

void RowGram(float* panel, int64_t n, int64_t count, float* packed, const GatherAhead& ahead) {
  HWY_DYNAMIC_DISPATCH(RowGramKernel)(panel, n, count, packed, ahead);
}

float CombineRows(const float* panel, int64_t n, int64_t count, const float* weights,
                  const float* column_scale, float* y) {
  return HWY_DYNAMIC_DISPATCH(CombineRowsKernel)(panel, n, count, weights, column_scale, y);
}

void InverseRoots(const float* values, int64_t n, float shift, float* roots) {
  HWY_DYNAMIC_DISPATCH(InverseRootsKernel)(values, n, shift, roots);
}

}  // namespace tidewright
