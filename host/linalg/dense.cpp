#include "host/linalg/dense.h"

// SSSE3 adds nothing to float32 kernels: SSE4, AVX2, AVX3 and the scalar fallback are built.
// built.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/linalg/dense_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/linalg/dense_kernels-inl.h"
#include "host/linalg/simd.h"

namespace tidewright {

HWY_EXPORT(GatherPanelKernel);
HWY_EXPORT(SyrkPanelKernel);
HWY_EXPORT(CholeskySolveKernel);
HWY_EXPORT(FmaKernel);

void GatherPanel(const float* factors, int64_t n, const int32_t* ids, int64_t count,
                 const float* scale, const float* target, float* panel, double* rhs,
                 int64_t stride) {
  HWY_DYNAMIC_DISPATCH(GatherPanelKernel)
  (factors, n, stride == 0 ? n : stride, ids, count, scale, target, panel, rhs);
}

void SyrkPanel(int64_t n, const float* panel, int64_t count, const float* base, float* packed,
               const GatherAhead& ahead) {
  HWY_DYNAMIC_DISPATCH(SyrkPanelKernel)(n, panel, count, base, packed, ahead);
}

bool CholeskySolve(int64_t n, float* packed, float shift, const float* rhs, float* x, float* work) {
  return HWY_DYNAMIC_DISPATCH(CholeskySolveKernel)(n, packed, shift, rhs, x, work);
}

void PackedGramian(const float* rows, int64_t n, int64_t f, float* packed) {
  // At most 16 partial sums, whatever the threads: memory stays bounded and the order of the sums
  // is fixed.
  constexpr int64_t kMaxBlocks = 16;
  const int64_t block_rows =
      std::max<int64_t>((n + kMaxBlocks - 1) / kMaxBlocks, kPanelRows) + kPanelRows - 1;
  const int64_t grain = block_rows / kPanelRows * kPanelRows;
  const int64_t blocks = (n + grain - 1) / grain;
  const int64_t floats = PackedFloats(f);
  AlignedVector<float> partial(static_cast<size_t>(blocks * floats), 0.0f);
  ParallelRanges(n, grain, [&](int64_t begin, int64_t end, int) {
    AlignedVector<float> panel(static_cast<size_t>(PanelFloats(f)), 0.0f);
    float* sum = partial.data() + begin / grain * floats;
    for (int64_t row = begin; row < end; row += kPanelRows) {
      const int64_t count = std::min(kPanelRows, end - row);
      GatherPanel(rows + row * f, f, nullptr, count, nullptr, nullptr, panel.data(), nullptr);
      SyrkPanel(f, panel.data(), count, sum, sum);
    }
  });
  ParallelRanges(floats, 4096, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      double sum = 0;
      for (int64_t block = 0; block < blocks; ++block) sum += partial[block * floats + i];
      packed[i] = static_cast<float>(sum);
    }
  });
}

void Gramian(const float* rows, int64_t n, int64_t f, float* gramian) {
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(f)));
  PackedGramian(rows, n, f, packed.data());
  for (int64_t row = 0; row < f; ++row) {
    for (int64_t column = row; column < f; ++column) {
      const float value = packed[PackedIndex(row, column)];
      gramian[row * f + column] = value;
      gramian[column * f + row] = value;
    }
  }
}

double RunFmaLoop(int64_t steps, float* sink) {
  return HWY_DYNAMIC_DISPATCH(FmaKernel)(steps, sink);
}

std::string SimdTarget() { return AvailableSimdTargets().front(); }

std::vector<std::string> AvailableSimdTargets() {
  std::vector<std::string> names;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    names.emplace_back(hwy::TargetName(target));
  }
  return names;
}

void PinSimdTarget(const std::string& name) {
  hwy::SetSupportedTargetsForTest(0);
  std::string list;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(target);
      return;
    }
    list += (list.empty() ? "" : ", ") + std::string(hwy::TargetName(target));
  }
  throw UsageError("--simd " + name + ": this CPU has no such target; expected one of " + list);
}

}  // namespace tidewright
