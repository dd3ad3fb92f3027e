#include "cuda/ials/ials_cuda.h"

#include <array>
#include <string>
#include <vector>

#include "cuda/core/launch_graph.h"
#include "cuda/core/trace.h"
#include "cuda/ials/half_engine.h"
#include "cuda/ials/row_launch.h"
#include "cuda/ials/user_vectors.h"
#include "host/core/errors.h"
#include "host/ials/factor_storage.h"
#include "host/ials/half_solver.h"
#include "host/metrics/evaluate.h"

namespace tidewright {
namespace {

constexpr int64_t kMaxCholeskyFactors = 1024;
constexpr int64_t kMaxFactors = 8192;

// Batches enqueued before the first of them must have finished: few, so that a stop comes soon.
constexpr int kBatchesInFlight = 4;

// A half of more batches than this has so much to do in each that their launches cost nothing.
constexpr size_t kMostGraphs = 64;

class BatchGate {
 public:
  explicit BatchGate(const DeviceContext& context) : context_(context) {
    context.MakeCurrent();
    for (cudaEvent_t& event : events_) {
      CUDA_CHECK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming | cudaEventBlockingSync));
    }
  }
  ~BatchGate() {
    for (cudaEvent_t event : events_) cudaEventDestroy(event);
  }
  BatchGate(const BatchGate&) = delete;
  BatchGate& operator=(const BatchGate&) = delete;

  // Before a batch is enqueued: waits until the one kBatchesInFlight before it has finished. An
  // event that was never recorded counts as finished.
  void Wait() { CUDA_CHECK(cudaEventSynchronize(events_[next_])); }
  // After it is enqueued.
  void Mark() {
    CUDA_CHECK(cudaEventRecord(events_[next_], context_.stream()));
    next_ = (next_ + 1) % kBatchesInFlight;
  }

 private:
  const DeviceContext& context_;
  std::array<cudaEvent_t, kBatchesInFlight> events_{};
  int next_ = 0;
};

void RefuseWhatCannotBe(const DeviceContext& context, const IalsConfig& config,
                        const Interactions& data) {
  const std::string name = "cuda:" + std::to_string(context.device());
  const bool direct = config.solver == "cholesky";
  const int64_t most = direct ? kMaxCholeskyFactors : kMaxFactors;
  if (config.factors < 1 || config.factors > most) {
    throw DeviceError(name + " trains iALS by " + config.solver + " with 1 to " +
                      std::to_string(most) + " factors, not " + std::to_string(config.factors) +
                      "; use fewer" + (direct ? ", another solver" : "") + " or --device cpu");
  }
  context.RefuseWhatDoesNotFit(
      EstimateIalsCuda(config, data.by_user.rows, data.by_item.rows, data.by_user.nnz())
          .device_bytes,
      "training iALS with " + std::to_string(config.factors) + " factors",
      "use fewer factors, another device or --device cpu");
}

// A side of the model: its factors, padded, and what each row adds to the objective.
struct Side {
  Side(const DeviceContext& context, const CsrView& matrix, const HalfEngine& engine,
       const IalsConfig& config)
      : rows(context, matrix, ScalarsOf(config), engine.limits()),
        storage(StorageOf(config)),
        numbers(context, matrix.rows * engine.padded() * BytesOf(storage)),
        share(context, matrix.rows) {
    share.Clear();
    if (engine.ManyLaunches() && rows.bins.batches.size() <= kMostGraphs) {
      graphs.resize(rows.bins.batches.size());
    }
  }

  StoredTable table() const { return {storage, numbers.data()}; }

  DeviceRows rows;
  FactorStorage storage;
  mutable DeviceBuffer<unsigned char> numbers;  // of the table: rows x padded
  DeviceBuffer<double> share;
  std::vector<LaunchGraph> graphs;  // of each batch, where that pays
};

class IalsCudaSolver : public Solver {
 public:
  IalsCudaSolver(std::unique_ptr<const DeviceContext> context, TopKFunction top_k,
                 const IalsConfig& config, const Interactions& data)
      : owned_context_(std::move(context)),
        context_(*owned_context_),
        top_k_(top_k),
        config_(config),
        gate_(context_),
        engine_(MakeHalfEngine(context_, config)),
        users_(context_, data.by_user.view(), *engine_, config),
        items_(context_, data.by_item.view(), *engine_, config),
        floats_(context_, std::max(users_.rows.rows, items_.rows.rows) *
                              (narrow() ? engine_->padded() : config.factors)),
        totals_(context_, 2) {
    engine_->Reserve(users_.rows);
    engine_->Reserve(items_.rows);
    for (Side* side : {&users_, &items_}) {
      UploadTable(InitialFactors(config, side->rows.rows, side == &items_), side);
    }
  }

  void AttachValidation(const ValidationSet& validation) override {
    context_.MakeCurrent();
    validation_ = validation;
    vectors_ = std::make_unique<UserVectors>(context_, config_, *validation.users, engine_.get());
    // Their workspace may have moved.
    for (Side* side : {&users_, &items_}) {
      const size_t count = side->graphs.size();
      side->graphs.clear();
      side->graphs.resize(count);
    }
  }

  EpochStats RunEpoch(const StopFlag& stop) override {
    context_.MakeCurrent();
    EpochStats stats;
    if (!item_half_) {
      if (!RunHalf("users", &users_, items_, stop)) return stats;
      item_half_ = true;
    }
    if (!RunHalf("items", &items_, users_, stop)) return stats;
    item_half_ = false;
    stats.finished = true;
    LaunchSumShares(context_, users_.share.data(), users_.share.size(), totals_.data());
    LaunchSumShares(context_, items_.share.data(), items_.share.size(), totals_.data() + 1);
    std::array<double, 2> totals{};
    totals_.Download(totals);
    stats.loss = totals[1] + totals[0];
    if (vectors_) stats.validation = Validate();
    return stats;
  }

  Model Snapshot() const override {
    context_.MakeCurrent();
    FactorModel model;
    model.users = users_.rows.rows;
    model.items = items_.rows.rows;
    model.factors = config_.factors;
    model.user_factors = DownloadTable(users_);
    model.item_factors = DownloadTable(items_);
    model.item_gramian = DownloadItemGramian();
    return model;
  }

  State Save() const override {
    context_.MakeCurrent();
    State state;
    state.integers = {{"factors", config_.factors},    {"users", users_.rows.rows},
                      {"items", items_.rows.rows},     {"item_half", item_half_ ? 1 : 0},
                      {"batches_done", batches_done_}, {"batches", BatchesOfHalf()}};
    state.floats = {{"user_factors", DownloadTable(users_)},
                    {"item_factors", DownloadTable(items_)}};
    for (const auto& [name, side] : {std::pair("user_shares", &users_), {"item_shares", &items_}}) {
      std::vector<double> share(static_cast<size_t>(side->share.size()));
      side->share.Download(share);
      state.doubles[name] = std::move(share);
    }
    return state;
  }

  void Restore(const State& state) override {
    context_.MakeCurrent();
    const auto integer = [&state](const char* name) {
      const auto found = state.integers.find(name);
      return found == state.integers.end() ? -1 : found->second;
    };
    if (integer("factors") != config_.factors || integer("users") != users_.rows.rows ||
        integer("items") != items_.rows.rows) {
      throw DataError(
          "the checkpoint holds factors of another shape than this run; expected the data and "
          "configuration it was written with");
    }
    item_half_ = integer("item_half") == 1;
    batches_done_ = integer("batches_done");
    if (integer("batches") != BatchesOfHalf() || batches_done_ < 0) {
      throw DataError(
          "the checkpoint was written on another kind of device; expected one of this GPU model: "
          "resume with the --device it was written with, or start anew");
    }
    UploadTable(state.floats.at("user_factors"), &users_);
    UploadTable(state.floats.at("item_factors"), &items_);
    users_.share.Upload(state.doubles.at("user_shares"));
    items_.share.Upload(state.doubles.at("item_shares"));
  }

 private:
  int64_t BatchesOfHalf() const {
    return static_cast<int64_t>((item_half_ ? items_ : users_).rows.bins.batches.size());
  }

  // Solves the batches of this half that are left; the share of a user is the regularization, of an
  // item all else (ials.h: the loss is free). False where the flag stopped it before the last.
  bool RunHalf(const char* name, Side* solved, const Side& fixed, const StopFlag& stop) {
    const TraceRange range(name);
    engine_->Fix(solved->rows, FixedOf(fixed));
    const SolvedSide side{Floats(*solved), solved->share.data(), !item_half_};
    if (batches_done_ == 0) engine_->ClearZeroRows(solved->rows, side);
    const std::vector<RowBatch>& batches = solved->rows.bins.batches;
    const int64_t count = static_cast<int64_t>(batches.size());
    for (; batches_done_ < count; ++batches_done_) {
      gate_.Wait();
      if (stop.requested()) break;
      const size_t at = static_cast<size_t>(batches_done_);
      const auto solve = [&] { engine_->SolveBatch(solved->rows, batches[at], side); };
      if (solved->graphs.empty()) {
        solve();
      } else {
        solved->graphs[at].Run(context_, solve);
      }
      gate_.Mark();
    }
    // What a stopped half has not solved is as it was stored.
    if (narrow()) {
      LaunchStoreRows(context_, side.factors, solved->rows.rows, engine_->padded(), solved->table(),
                      side.share);
    }
    if (batches_done_ < count) return false;
    batches_done_ = 0;
    return true;
  }

  bool narrow() const { return StorageOf(config_) != FactorStorage::kFp32; }

  // A side's factors as floats, padded: where they are, or in floats_ until the next call.
  float* Floats(const Side& side) const {
    if (!narrow()) return reinterpret_cast<float*>(side.numbers.data());
    LaunchWidenRows(context_, side.table(), side.rows.rows * engine_->padded(), floats_.data());
    return floats_.data();
  }

  FixedSide FixedOf(const Side& side) const { return {side.numbers.data(), Floats(side)}; }

  double Validate() {
    const TraceRange range("validation");
    engine_->Fix(users_.rows, FixedOf(items_));
    const AlignedVector<float> vectors = vectors_->Make(users_.table());
    const AlignedVector<float> items = DownloadTable(items_);
    return EvaluateMetric(validation_.metric, validation_.k, vectors.data(), items.data(),
                          items_.rows.rows, config_.factors, *validation_.users, top_k_);
  }

  void UploadTable(const AlignedVector<float>& factors, Side* side) {
    if (static_cast<int64_t>(factors.size()) != side->rows.rows * config_.factors) {
      throw DataError(
          "the checkpoint's factors do not have its own shape; expected users x "
          "factors and items x factors numbers");
    }
    floats_.Upload(factors);
    LaunchPadRows(context_, floats_.data(), engine_->layout(), side->rows.rows, side->table());
    context_.Synchronize();
  }

  AlignedVector<float> DownloadTable(const Side& side) const {
    AlignedVector<float> factors(static_cast<size_t>(side.rows.rows * config_.factors));
    LaunchGatherRows(context_, side.table(), engine_->layout(), nullptr, side.rows.rows,
                     floats_.data());
    floats_.Download(factors);
    return factors;
  }

  AlignedVector<float> DownloadItemGramian() const {
    engine_->Fix(users_.rows, FixedOf(items_));
    return engine_->DownloadGramian();
  }

  const std::unique_ptr<const DeviceContext> owned_context_;
  const DeviceContext& context_;
  const TopKFunction top_k_;
  const IalsConfig config_;
  BatchGate gate_;
  const std::unique_ptr<HalfEngine> engine_;  // its Gramian is made anew by whoever needs one
  Side users_;
  Side items_;
  // A table without its padding, on its way out or in; where tables are of 16 bits, also the floats
  // of the fixed side for its Gramian, then of the solved side.
  mutable DeviceBuffer<float> floats_;
  DeviceBuffer<double> totals_;
  ValidationSet validation_;
  std::unique_ptr<UserVectors> vectors_;
  bool item_half_ = false;
  int64_t batches_done_ = 0;
};

}  // namespace

std::unique_ptr<Solver> MakeIalsCuda(int device, TopKFunction top_k, const IalsConfig& config,
                                     const Interactions& data) {
  auto context = std::make_unique<const DeviceContext>(device);
  IalsConfig settled = config;
  Settle(settled, data.by_user.rows, data.by_item.rows, data.by_user.nnz());
  RefuseWhatCannotBe(*context, settled, data);
  return std::make_unique<IalsCudaSolver>(std::move(context), top_k, settled, data);
}

}  // namespace tidewright
