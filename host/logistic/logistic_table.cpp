#include "host/logistic/logistic_table.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/logistic/logistic_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <utility>

#include "host/core/parallel.h"
#include "host/logistic/logistic_kernels-inl.h"

namespace tidewright {

HWY_EXPORT(AddColumnsKernel);
HWY_EXPORT(ResidualsKernel);
HWY_EXPORT(DotColumnsKernel);

namespace {

// Partial sums, whatever the threads; fewer where a sum is large.
constexpr int64_t kMaxParts = 64;
constexpr int64_t kMaxPartDoubles = 4 << 20;

int64_t PartsOf(int64_t blocks, int64_t doubles) {
  return std::clamp<int64_t>(kMaxPartDoubles / std::max<int64_t>(doubles, 1), 1,
                             std::min(kMaxParts, blocks));
}

}  // namespace

void AddColumns(const float* values, int64_t columns, int64_t rows, const double* coefficient,
                double* margin) {
  HWY_DYNAMIC_DISPATCH(AddColumnsKernel)(values, columns, rows, coefficient, margin);
}

void DotColumns(const float* values, int64_t columns, int64_t rows, const double* residual,
                double* gradient) {
  HWY_DYNAMIC_DISPATCH(DotColumnsKernel)(values, columns, rows, residual, gradient);
}

LogisticTable::LogisticTable(const LinearModel& terms, double l2, EncodedTable table)
    : table_(std::move(table)), map_(terms, table_), l2_(l2) {
  parts_.resize(static_cast<size_t>(PartsOf(table_.blocks, map_.dense() + map_.slots())));
}

// `values`: of TermMap.
void LogisticTable::SumBlocks(int64_t begin, int64_t end, const std::vector<double>& values,
                              LogisticSums* part) const {
  part->loss = 0;
  part->residual = 0;
  part->dense.assign(static_cast<size_t>(map_.dense()), 0.0);
  part->slots.assign(static_cast<size_t>(map_.slots()), 0.0);
  const int64_t rows = table_.block_rows;
  const int64_t dense = map_.dense();
  const int64_t categories = static_cast<int64_t>(table_.categories.size());
  AlignedVector<double> margin(static_cast<size_t>(rows));
  for (int64_t block = begin; block < end; ++block) {
    const float* numbers = table_.values.data() + block * dense * rows;
    const int32_t* slots = table_.slots.data() + block * categories * rows;
    std::fill(margin.begin(), margin.end(), values.back());
    for (int64_t category = 0; category < categories; ++category) {
      const double* value = values.data() + dense + map_.first_slots()[category];
      const int32_t* slot = slots + category * rows;
      for (int64_t i = 0; i < rows; ++i) margin[i] += value[slot[i]];
    }
    AddColumns(numbers, dense, rows, values.data(), margin.data());
    part->loss += HWY_DYNAMIC_DISPATCH(ResidualsKernel)(table_.sign.data() + block * rows,
                                                        table_.weight.data() + block * rows, rows,
                                                        margin.data());
    DotColumns(numbers, dense, rows, margin.data(), part->dense.data());
    for (int64_t category = 0; category < categories; ++category) {
      double* sum = part->slots.data() + map_.first_slots()[category];
      const int32_t* slot = slots + category * rows;
      for (int64_t i = 0; i < rows; ++i) sum[slot[i]] += margin[i];
    }
    for (int64_t i = 0; i < rows; ++i) part->residual += margin[i];
  }
}

double LogisticTable::Evaluate(const std::vector<double>& x, std::vector<double>* gradient) {
  const std::vector<double> values = map_.ValuesOf(x);
  const int64_t parts = static_cast<int64_t>(parts_.size());
  ParallelBlocks(parts, [&](int64_t part, int) {
    SumBlocks(table_.blocks * part / parts, table_.blocks * (part + 1) / parts, values,
              &parts_[part]);
  });
  LogisticSums sums;
  sums.dense.assign(static_cast<size_t>(map_.dense()), 0.0);
  sums.slots.assign(static_cast<size_t>(map_.slots()), 0.0);
  for (const LogisticSums& part : parts_) {
    sums.loss += part.loss;
    sums.residual += part.residual;
    for (size_t j = 0; j < sums.dense.size(); ++j) sums.dense[j] += part.dense[j];
    for (size_t s = 0; s < sums.slots.size(); ++s) sums.slots[s] += part.slots[s];
  }
  return map_.Finish(x, l2_, sums, gradient);
}

}  // namespace tidewright
