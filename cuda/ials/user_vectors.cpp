#include "cuda/ials/user_vectors.h"

#include <algorithm>
#include <span>

#include "cuda/ials/factor_side.h"
#include "cuda/ials/row_launch.h"
#include "host/ials/half_solver.h"

namespace tidewright {

UserVectors::UserVectors(const DeviceContext& context, const IalsConfig& config,
                         const EvalSet& users, const SolveOrder& user_order,
                         const SolveOrder& item_order, HalfEngine* engine)
    : context_(context),
      engine_(engine),
      factors_(config.factors),
      count_(static_cast<int64_t>(users.model_rows.size())) {
  std::vector<int32_t> seen;
  std::vector<int32_t> unseen;
  for (int64_t row = 0; row < count_; ++row) {
    const int32_t model_row = users.model_rows[static_cast<size_t>(row)];
    if (model_row >= 0) {
      seen.push_back(user_order.places[model_row]);
      seen_places_.push_back(row);
    } else {
      unseen.push_back(static_cast<int32_t>(row));
      unseen_places_.push_back(row);
    }
  }
  seen_rows_ = DeviceBuffer<int32_t>(context, std::span<const int32_t>(seen));
  const int64_t most = std::max<int64_t>(kTransferBytes / (4 * factors_), 1);
  packed_ = DeviceBuffer<float>(
      context,
      std::min(most, static_cast<int64_t>(std::max(seen.size(), unseen.size()))) * factors_);
  if (unseen.empty()) return;
  const Csr known = SelectRows(users.known, unseen);
  const SolveOrder order = OrderRows(known.view());
  unseen_rows_ = ToDevice(context, order.places);
  unseen_ = std::make_unique<DeviceRows>(context, known.view(), order, &item_order,
                                         ScalarsOf(config), engine->limits(), false);
  engine->ReserveFoldIn(*unseen_);
  unseen_table_ = DeviceBuffer<float>(context, known.rows * engine->padded());
  unseen_share_ = DeviceBuffer<double>(context, known.rows);
  // Rows of no batch stay so.
  unseen_table_.Clear();
}

AlignedVector<float> UserVectors::Make(const StoredTable& user_table) {
  AlignedVector<float> result(static_cast<size_t>(count_ * factors_));
  Fetch(user_table, seen_rows_, seen_places_, &result);
  if (unseen_ == nullptr) return result;
  FoldIn();
  Fetch({FactorStorage::kFp32, unseen_table_.data()}, unseen_rows_, unseen_places_, &result);
  return result;
}

DeviceBuffer<float> UserVectors::MakeOnDevice(const StoredTable& user_table) {
  DeviceBuffer<float> result(context_, count_ * factors_);
  const bool folded = unseen_ != nullptr;
  if (folded) FoldIn();
  const StoredTable table =
      folded ? StoredTable{FactorStorage::kFp32, unseen_table_.data()} : user_table;
  LaunchGatherRows(context_, table, engine_->layout(), (folded ? unseen_rows_ : seen_rows_).data(),
                   count_, result.data());
  return result;
}

void UserVectors::FoldIn() {
  const SolvedSide side{unseen_->ids.data(), unseen_->values.data(), unseen_table_.data(),
                        unseen_share_.data(), true};
  for (const RowBatch& batch : unseen_->bins.batches) {
    engine_->FoldInBatch(*unseen_, batch, side);
  }
}

void UserVectors::Fetch(const StoredTable& table, const DeviceBuffer<int32_t>& rows,
                        const std::vector<int64_t>& places, AlignedVector<float>* result) {
  if (places.empty()) return;
  const int64_t most = packed_.size() / factors_;
  AlignedVector<float> fetched(static_cast<size_t>(packed_.size()));
  for (int64_t first = 0; first < rows.size(); first += most) {
    const int64_t count = std::min(most, rows.size() - first);
    LaunchGatherRows(context_, table, engine_->layout(), rows.data() + first, count,
                     packed_.data());
    packed_.Download(std::span<float>(fetched.data(), static_cast<size_t>(count * factors_)));
    for (int64_t row = 0; row < count; ++row) {
      std::copy_n(fetched.data() + row * factors_, factors_,
                  result->data() + places[static_cast<size_t>(first + row)] * factors_);
    }
  }
}

}  // namespace tidewright
