#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/ials/factor_storage.h"
#include "host/ials/half_solver.h"
#include "host/ials/ials.h"
#include "host/linalg/dense.h"
#include "host/linalg/packed.h"
#include "host/linalg/top_k.h"
#include "host/metrics/evaluate.h"
#include "host/model/user_vectors.h"

namespace tidewright {
namespace {

std::unique_ptr<IalsHalfSolver> MakeHalfSolver(const IalsConfig& config) {
  if (config.solver == "cg") return MakeCgHalfSolver(config.cg_steps);
  if (config.solver == "ialspp") return MakeIalsppHalfSolver(IalsBlockSize(config));
  return MakeCholeskyHalfSolver();
}

int64_t BlocksOf(int64_t rows) { return (rows + kIalsBlockRows - 1) / kIalsBlockRows; }

class IalsCpuSolver : public Solver {
 public:
  IalsCpuSolver(const IalsConfig& config, const Interactions& data)
      : config_(config),
        scalars_(ScalarsOf(config)),
        storage_(StorageOf(config)),
        data_(data),
        half_(MakeHalfSolver(config)),
        packed_(static_cast<size_t>(PackedFloats(config.factors))) {
    model_.users = data.by_user.rows;
    model_.items = data.by_item.rows;
    model_.factors = config.factors;
    model_.user_factors = InitialFactors(config, model_.users, false);
    model_.item_factors = InitialFactors(config, model_.items, true);
    for (AlignedVector<float>* factors : {&model_.user_factors, &model_.item_factors}) {
      RoundToStorage(storage_, static_cast<int64_t>(factors->size()), factors->data());
    }
    BeginHalf(false);
  }

  void AttachValidation(const ValidationSet& validation) override { validation_ = validation; }

  EpochStats RunEpoch(const StopFlag& stop) override {
    EpochStats stats;
    if (!item_half_) {
      if (!RunHalf(stop)) return stats;
      user_regularization_ = std::accumulate(block_sums_.begin(), block_sums_.end(), 0.0);
      BeginHalf(true);
    }
    if (!RunHalf(stop)) return stats;
    stats.finished = true;
    stats.loss =
        std::accumulate(block_sums_.begin(), block_sums_.end(), 0.0) + user_regularization_;
    BeginHalf(false);
    if (validation_.users != nullptr) {
      FillItemGramian(&model_);
      const AlignedVector<float> vectors = JudgedUserVectors(
          model_, *validation_.users,
          [&](const CsrView& rows) { return FoldInUsers(config_, model_, rows); });
      stats.validation = EvaluateMetric(validation_.metric, validation_.k, vectors.data(),
                                        model_.item_factors.data(), model_.items, model_.factors,
                                        *validation_.users, TopKCpu);
    }
    return stats;
  }

  Model Snapshot() const override {
    FactorModel model = model_;
    FillItemGramian(&model);
    return model;
  }

  Model Release() override {
    FillItemGramian(&model_);
    return std::move(model_);
  }

  State Save() const override {
    State state;
    state.integers = {{"factors", config_.factors},
                      {"users", model_.users},
                      {"items", model_.items},
                      {"item_half", item_half_ ? 1 : 0}};
    state.numbers = {{"user_regularization", user_regularization_}};
    state.floats = {{"user_factors", model_.user_factors}, {"item_factors", model_.item_factors}};
    state.doubles = {{"block_sums", block_sums_}, {"blocks_done", blocks_done_}};
    return state;
  }

  void Restore(const State& state) override {
    if (state.integers.at("factors") != config_.factors ||
        state.integers.at("users") != model_.users || state.integers.at("items") != model_.items) {
      throw DataError(
          "the checkpoint holds factors of another shape than this run; expected the "
          "data and configuration it was written with");
    }
    model_.user_factors = state.floats.at("user_factors");
    model_.item_factors = state.floats.at("item_factors");
    user_regularization_ = state.numbers.at("user_regularization");
    BeginHalf(state.integers.at("item_half") != 0);
    block_sums_ = state.doubles.at("block_sums");
    blocks_done_ = state.doubles.at("blocks_done");
  }

 private:
  static void FillItemGramian(FactorModel* model) {
    model->item_gramian.resize(static_cast<size_t>(model->factors * model->factors));
    Gramian(model->item_factors.data(), model->items, model->factors, model->item_gramian.data());
  }

  void BeginHalf(bool item_half) {
    item_half_ = item_half;
    const int64_t rows = item_half ? data_.by_item.rows : data_.by_user.rows;
    block_sums_.assign(static_cast<size_t>(BlocksOf(rows)), 0.0);
    blocks_done_.assign(block_sums_.size(), 0.0);
  }

  // Solves the rows of this half that are left. False where the flag stopped it before the last.
  bool RunHalf(const StopFlag& stop) {
    const int64_t f = config_.factors;
    const CsrView rows = (item_half_ ? data_.by_item : data_.by_user).view();
    const AlignedVector<float>& fixed = item_half_ ? model_.user_factors : model_.item_factors;
    float* solved = (item_half_ ? model_.item_factors : model_.user_factors).data();
    PackedGramian(fixed.data(), rows.cols, f, packed_.data());
    for (float& value : packed_) value *= scalars_.unobserved_weight;
    const IalsRowProblem problem{scalars_, rows, fixed.data(), f, packed_.data()};
    half_->Begin(problem);
    ParallelBlocks(BlocksOf(rows.rows), [&](int64_t block, int thread) {
      if (blocks_done_[block] != 0.0 || stop.requested()) return;
      const int64_t begin = block * kIalsBlockRows;
      const int64_t end = std::min(rows.rows, begin + kIalsBlockRows);
      const IalsRowResult result = half_->Solve(begin, end, thread, solved + begin * f);
      const bool stored = RoundToStorage(storage_, (end - begin) * f, solved + begin * f);
      // Not positive definite, or too large to be stored: the run has diverged, and the loss says
      // so.
      block_sums_[block] = !result.solved || !stored ? std::numeric_limits<double>::quiet_NaN()
                           : item_half_              ? result.loss
                                                     : result.regularization;
      blocks_done_[block] = 1.0;
    });
    return std::all_of(blocks_done_.begin(), blocks_done_.end(),
                       [](double done) { return done != 0.0; });
  }

  const IalsConfig config_;
  const IalsScalars scalars_;
  const FactorStorage storage_;
  const Interactions& data_;
  const std::unique_ptr<IalsHalfSolver> half_;
  ValidationSet validation_;
  FactorModel model_;            // its Gramian is made when it is needed
  AlignedVector<float> packed_;  // alpha0 times the Gramian of the fixed side
  bool item_half_ = false;
  double user_regularization_ = 0;
  std::vector<double> block_sums_;
  std::vector<double> blocks_done_;  // 1 where a block of rows is solved in this half
};

}  // namespace

std::unique_ptr<Solver> MakeIalsCpu(const IalsConfig& config, const Interactions& data) {
  IalsConfig settled = config;
  Settle(settled, data.by_user.rows, data.by_item.rows, data.by_user.nnz());
  return std::make_unique<IalsCpuSolver>(settled, data);
}

}  // namespace tidewright
