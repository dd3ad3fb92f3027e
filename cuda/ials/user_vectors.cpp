#include "cuda/ials/user_vectors.h"

#include <algorithm>

#include "cuda/ials/row_launch.h"
#include "host/ials/half_solver.h"

namespace tidewright {

UserVectors::UserVectors(const DeviceContext& context, const IalsConfig& config,
                         const EvalSet& users, HalfEngine* engine)
    : context_(context),
      engine_(engine),
      factors_(config.factors),
      count_(static_cast<int64_t>(users.model_rows.size())) {
  std::vector<int32_t> seen;
  std::vector<int32_t> unseen;
  for (int64_t row = 0; row < count_; ++row) {
    const int32_t model_row = users.model_rows[static_cast<size_t>(row)];
    if (model_row >= 0) {
      seen.push_back(model_row);
      seen_places_.push_back(row);
    } else {
      unseen.push_back(static_cast<int32_t>(row));
      unseen_places_.push_back(row);
    }
  }
  seen_rows_ = DeviceBuffer<int32_t>(context, std::span<const int32_t>(seen));
  packed_ = DeviceBuffer<float>(
      context, static_cast<int64_t>(std::max(seen.size(), unseen.size())) * factors_);
  if (unseen.empty()) return;
  const Csr known = SelectRows(users.known, unseen);
  unseen_ =
      std::make_unique<DeviceRows>(context, known.view(), ScalarsOf(config), engine->limits());
  engine->ReserveFoldIn(*unseen_);
  unseen_table_ = DeviceBuffer<float>(context, known.rows * engine->padded());
  unseen_share_ = DeviceBuffer<double>(context, known.rows);
}

AlignedVector<float> UserVectors::Make(const StoredTable& user_table) {
  AlignedVector<float> result(static_cast<size_t>(count_ * factors_));
  Fetch(user_table, seen_rows_.data(), seen_places_, &result);
  if (unseen_ == nullptr) return result;
  const SolvedSide side{unseen_table_.data(), unseen_share_.data(), true};
  engine_->ClearZeroRows(*unseen_, side);
  for (const RowBatch& batch : unseen_->bins.batches) {
    engine_->FoldInBatch(*unseen_, batch, side);
  }
  Fetch({FactorStorage::kFp32, unseen_table_.data()}, nullptr, unseen_places_, &result);
  return result;
}

void UserVectors::Fetch(const StoredTable& table, const int32_t* rows,
                        const std::vector<int64_t>& places, AlignedVector<float>* result) {
  if (places.empty()) return;
  const int64_t count = static_cast<int64_t>(places.size());
  LaunchGatherRows(context_, table, engine_->layout(), rows, count, packed_.data());
  AlignedVector<float> fetched(static_cast<size_t>(count * factors_));
  packed_.Download(fetched);
  for (int64_t row = 0; row < count; ++row) {
    std::copy_n(fetched.data() + row * factors_, factors_,
                result->data() + places[static_cast<size_t>(row)] * factors_);
  }
}

}  // namespace tidewright
