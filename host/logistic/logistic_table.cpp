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

LogisticTable::LogisticTable(const LinearModel& terms, double l2, EncodedTable table)
    : table_(std::move(table)), l2_(l2), center_(terms.center), scale_(terms.scale) {
  for (const EncodedTable::CategoryColumn& category : table_.categories) {
    first_slot_.push_back(slots_);
    slots_ += static_cast<int64_t>(category.terms.size()) + 1;
  }
  slot_value_.assign(static_cast<size_t>(slots_), 0.0);
  dense_value_.assign(static_cast<size_t>(table_.dense()), 0.0);
  parts_.resize(static_cast<size_t>(PartsOf(table_.blocks, table_.dense() + slots_)));
}

void LogisticTable::SumBlocks(int64_t begin, int64_t end, Part* part) const {
  part->loss = 0;
  part->residual = 0;
  part->dense.assign(dense_value_.size(), 0.0);
  part->slots.assign(slot_value_.size(), 0.0);
  const int64_t rows = table_.block_rows;
  const int64_t dense = table_.dense();
  const int64_t categories = static_cast<int64_t>(table_.categories.size());
  AlignedVector<double> margin(static_cast<size_t>(rows));
  for (int64_t block = begin; block < end; ++block) {
    const float* values = table_.values.data() + block * dense * rows;
    const int32_t* slots = table_.slots.data() + block * categories * rows;
    std::fill(margin.begin(), margin.end(), base_);
    for (int64_t category = 0; category < categories; ++category) {
      const double* value = slot_value_.data() + first_slot_[category];
      const int32_t* slot = slots + category * rows;
      for (int64_t i = 0; i < rows; ++i) margin[i] += value[slot[i]];
    }
    HWY_DYNAMIC_DISPATCH(AddColumnsKernel)
    (values, dense, rows, dense_value_.data(), margin.data());
    part->loss += HWY_DYNAMIC_DISPATCH(ResidualsKernel)(table_.sign.data() + block * rows,
                                                        table_.weight.data() + block * rows, rows,
                                                        margin.data());
    HWY_DYNAMIC_DISPATCH(DotColumnsKernel)
    (values, dense, rows, margin.data(), part->dense.data());
    for (int64_t category = 0; category < categories; ++category) {
      double* sum = part->slots.data() + first_slot_[category];
      const int32_t* slot = slots + category * rows;
      for (int64_t i = 0; i < rows; ++i) sum[slot[i]] += margin[i];
    }
    for (int64_t i = 0; i < rows; ++i) part->residual += margin[i];
  }
}

double LogisticTable::Evaluate(const std::vector<double>& x, std::vector<double>* gradient) {
  const int64_t terms = static_cast<int64_t>(center_.size());
  // Dense columns are standardised as they lie; a slot stands for 1, its centre for every row.
  base_ = x[terms];
  for (int64_t j = 0; j < table_.dense(); ++j) dense_value_[j] = x[table_.dense_terms[j]];
  for (size_t category = 0; category < table_.categories.size(); ++category) {
    int64_t slot = first_slot_[category];
    for (const int64_t term : table_.categories[category].terms) {
      const double value = x[term] * scale_[term];
      slot_value_[slot++] = value;
      base_ -= value * center_[term];
    }
  }

  const int64_t parts = static_cast<int64_t>(parts_.size());
  ParallelBlocks(parts, [&](int64_t part, int) {
    SumBlocks(table_.blocks * part / parts, table_.blocks * (part + 1) / parts, &parts_[part]);
  });
  double loss = 0;
  double residual = 0;
  std::vector<double> dense(dense_value_.size(), 0.0);
  std::vector<double> slots(slot_value_.size(), 0.0);
  for (const Part& part : parts_) {
    loss += part.loss;
    residual += part.residual;
    for (size_t j = 0; j < dense.size(); ++j) dense[j] += part.dense[j];
    for (size_t s = 0; s < slots.size(); ++s) slots[s] += part.slots[s];
  }

  gradient->assign(static_cast<size_t>(terms) + 1, 0.0);
  for (int64_t j = 0; j < table_.dense(); ++j) (*gradient)[table_.dense_terms[j]] = dense[j];
  for (size_t category = 0; category < table_.categories.size(); ++category) {
    int64_t slot = first_slot_[category];
    for (const int64_t term : table_.categories[category].terms) {
      (*gradient)[term] = scale_[term] * (slots[slot++] - center_[term] * residual);
    }
  }
  (*gradient)[terms] = residual;
  double squares = 0;
  for (int64_t term = 0; term < terms; ++term) {
    (*gradient)[term] += l2_ * x[term];
    squares += x[term] * x[term];
  }
  return loss + 0.5 * l2_ * squares;
}

}  // namespace tidewright
