// Included once for every instruction set by logistic_table.cpp (Highway's foreach_target): no
// include guard on purpose.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using Half = hn::Rebind<float, D>;
// Columns that share a pass over the margins or the residuals.
inline constexpr int64_t kColumns = 4;

HWY_INLINE hn::Vec<D> LoadWide(const float* from) {
  return hn::PromoteTo(D(), hn::LoadU(Half(), from));
}

// margin[i] += sum over columns j of coefficient[j] * values[j * rows + i]. rows: a multiple of 64.
void AddColumnsKernel(const float* values, int64_t columns, int64_t rows, const double* coefficient,
                      double* margin) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t j = 0;
  for (; j + kColumns <= columns; j += kColumns) {
    const float* from = values + j * rows;
    const auto c0 = hn::Set(d, coefficient[j]);
    const auto c1 = hn::Set(d, coefficient[j + 1]);
    const auto c2 = hn::Set(d, coefficient[j + 2]);
    const auto c3 = hn::Set(d, coefficient[j + 3]);
    for (int64_t i = 0; i < rows; i += lanes) {
      auto sum = hn::Load(d, margin + i);
      sum = hn::MulAdd(c0, LoadWide(from + i), sum);
      sum = hn::MulAdd(c1, LoadWide(from + rows + i), sum);
      sum = hn::MulAdd(c2, LoadWide(from + 2 * rows + i), sum);
      sum = hn::MulAdd(c3, LoadWide(from + 3 * rows + i), sum);
      hn::Store(sum, d, margin + i);
    }
  }
  for (; j < columns; ++j) {
    const float* from = values + j * rows;
    const auto c = hn::Set(d, coefficient[j]);
    for (int64_t i = 0; i < rows; i += lanes) {
      hn::Store(hn::MulAdd(c, LoadWide(from + i), hn::Load(d, margin + i)), d, margin + i);
    }
  }
}

// LogisticOf of logistic_core.h for `rows` rows at once: `margin` becomes the weighted residual.
// sign: +1 or -1. Returns the weighted sum of the losses.
double ResidualsKernel(const double* sign, const double* weight, int64_t rows, double* margin) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto one = hn::Set(d, 1.0);
  const auto zero = hn::Zero(d);
  auto sum = hn::Zero(d);
  for (int64_t i = 0; i < rows; i += lanes) {
    const auto s = hn::Load(d, sign + i);
    const auto w = hn::Load(d, weight + i);
    const auto agreement = hn::Mul(s, hn::Load(d, margin + i));
    const auto e = hn::Exp(d, hn::Neg(hn::Abs(agreement)));
    const auto loss = hn::Add(hn::Log1p(d, e), hn::Max(hn::Neg(agreement), zero));
    const auto miss = hn::Div(hn::IfThenElse(hn::Ge(agreement, zero), e, one), hn::Add(one, e));
    sum = hn::MulAdd(w, loss, sum);
    hn::Store(hn::Neg(hn::Mul(hn::Mul(s, w), miss)), d, margin + i);
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

// gradient[j] += sum over i of residual[i] * values[j * rows + i].
void DotColumnsKernel(const float* values, int64_t columns, int64_t rows, const double* residual,
                      double* gradient) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t j = 0;
  for (; j + kColumns <= columns; j += kColumns) {
    const float* from = values + j * rows;
    auto sum0 = hn::Zero(d);
    auto sum1 = hn::Zero(d);
    auto sum2 = hn::Zero(d);
    auto sum3 = hn::Zero(d);
    for (int64_t i = 0; i < rows; i += lanes) {
      const auto r = hn::Load(d, residual + i);
      sum0 = hn::MulAdd(r, LoadWide(from + i), sum0);
      sum1 = hn::MulAdd(r, LoadWide(from + rows + i), sum1);
      sum2 = hn::MulAdd(r, LoadWide(from + 2 * rows + i), sum2);
      sum3 = hn::MulAdd(r, LoadWide(from + 3 * rows + i), sum3);
    }
    gradient[j] += hn::GetLane(hn::SumOfLanes(d, sum0));
    gradient[j + 1] += hn::GetLane(hn::SumOfLanes(d, sum1));
    gradient[j + 2] += hn::GetLane(hn::SumOfLanes(d, sum2));
    gradient[j + 3] += hn::GetLane(hn::SumOfLanes(d, sum3));
  }
  for (; j < columns; ++j) {
    const float* from = values + j * rows;
    auto sum = hn::Zero(d);
    for (int64_t i = 0; i < rows; i += lanes) {
      sum = hn::MulAdd(hn::Load(d, residual + i), LoadWide(from + i), sum);
    }
    gradient[j] += hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
