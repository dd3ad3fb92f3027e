#ifndef TIDEWRIGHT_CUDA_IALS_USER_VECTORS_H_
#define TIDEWRIGHT_CUDA_IALS_USER_VECTORS_H_

#include <memory>
#include <vector>

#include "cuda/ials/half_engine.h"
#include "cuda/ials/row_launch.h"
#include "host/core/aligned.h"
#include "host/data/split.h"
#include "host/ials/ials.h"

namespace tidewright {

// One row of factors for each judged user, made on the device: the model's own, or folded in from
// what is known of the user where the model has none. The engine, the context and `users` outlive
// it.
class UserVectors {
 public:
  UserVectors(const DeviceContext& context, const IalsConfig& config, const EvalSet& users,
              const SolveOrder& user_order, const SolveOrder& item_order, HalfEngine* engine);

  // users.model_rows.size() x factors. The engine's fixed table is the items'.
  AlignedVector<float> Make(const StoredTable& user_table);
  // The same, left on the device. Only where each of them is the model's own, or none is.
  DeviceBuffer<float> MakeOnDevice(const StoredTable& user_table);
  bool uniform() const { return seen_places_.empty() || unseen_places_.empty(); }

 private:
  void FoldIn();
  // Rows of a table to their places in the result.
  void Fetch(const StoredTable& table, const DeviceBuffer<int32_t>& rows,
             const std::vector<int64_t>& places, AlignedVector<float>* result);

  const DeviceContext& context_;
  HalfEngine* engine_;
  int64_t factors_;
  int64_t count_;
  std::vector<int64_t> seen_places_;
  std::vector<int64_t> unseen_places_;
  DeviceBuffer<int32_t> seen_rows_;
  DeviceBuffer<int32_t> unseen_rows_;
  std::unique_ptr<DeviceRows> unseen_;
  DeviceBuffer<float> unseen_table_;
  DeviceBuffer<double> unseen_share_;
  DeviceBuffer<float> packed_;  // rows on their way out
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_USER_VECTORS_H_
