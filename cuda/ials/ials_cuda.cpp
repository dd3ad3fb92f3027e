#include "cuda/ials/ials_cuda.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cuda/core/kernel_clock.h"
#include "cuda/core/launch_graph.h"
#include "cuda/core/trace.h"
#include "cuda/ials/batch_gate.h"
#include "cuda/ials/batch_stream.h"
#include "cuda/ials/factor_side.h"
#include "cuda/ials/half_engine.h"
#include "cuda/ials/placement.h"
#include "cuda/ials/row_launch.h"
#include "cuda/ials/user_vectors.h"
#include "cuda/linalg/gemm.h"
#include "cuda/topk/top_k_cuda.h"
#include "host/core/errors.h"
#include "host/ials/factor_storage.h"
#include "host/ials/half_solver.h"
#include "host/metrics/evaluate.h"

namespace tidewright {
namespace {

constexpr int64_t kMaxFactors = 8192;

void RefuseWhatCannotBe(const DeviceContext& context, const IalsConfig& config) {
  if (config.factors < 1 || config.factors > kMaxFactors) {
    throw DeviceError("cuda:" + std::to_string(context.device()) + " trains iALS with 1 to " +
                      std::to_string(kMaxFactors) + " factors, not " +
                      std::to_string(config.factors) + "; use fewer");
  }
  if (config.solver != "ialspp") return;
  const TableLayout layout{config.factors, IalsBlockSize(config)};
  if (layout.padded() > kMaxFactors) {
    throw DeviceError("cuda:" + std::to_string(context.device()) + " pads each of the " +
                      std::to_string(layout.blocks()) + " blocks of --block-size " +
                      std::to_string(layout.block) + " to " +
                      std::to_string(layout.padded_block()) + " numbers, a row of factors to " +
                      std::to_string(layout.padded()) + "; it takes rows of at most " +
                      std::to_string(kMaxFactors) + ": use a larger block, or --device cpu");
  }
}

// What comes to the device block by block, at most.
BatchStream::Sizes StreamSizes(const FactorSide& users, const FactorSide& items, int width) {
  BatchStream::Sizes sizes;
  for (const FactorSide* side : {&users, &items}) {
    const DeviceRows& rows = side->rows;
    if (rows.streamed()) sizes.entries = std::max(sizes.entries, rows.max_entries);
    if (!side->on_host()) continue;
    const int64_t block = std::max(rows.max_places, std::min(GramianRows(width), rows.rows));
    sizes.table_bytes = std::max(sizes.table_bytes, block * side->row_bytes());
  }
  return sizes;
}

class IalsCudaSolver : public Solver {
 public:
  IalsCudaSolver(std::unique_ptr<const DeviceContext> context, TopKFunction top_k,
                 const IalsConfig& config, const Interactions& data,
                 std::unique_ptr<HalfEngine> engine, const RowBinLimits& limits,
                 const IalsPlacement& placement)
      : placement_(placement),
        owned_context_(std::move(context)),
        context_(*owned_context_),
        top_k_(top_k),
        config_(config),
        gate_(context_),
        engine_(std::move(engine)),
        user_order_(OrderRows(data.by_user.view())),
        item_order_(OrderRows(data.by_item.view())),
        users_(context_, data.by_user.view(), user_order_, item_order_, *engine_, config, limits,
               {placement.streamed, placement.users_on_host}),
        items_(context_, data.by_item.view(), item_order_, user_order_, *engine_, config, limits,
               {placement.streamed, placement.items_on_host}),
        stream_(context_, StreamSizes(users_, items_, width())),
        gramian_(context_, int64_t{width()} * width()),
        totals_(context_, 2) {
    for (const FactorSide* side : {&users_, &items_}) {
      engine_->Reserve(side->rows);
      if (!narrow()) continue;
      const int64_t block =
          std::max(side->rows.max_places, std::min(GramianRows(width()), side->rows.rows));
      if (block * width() <= floats_.size()) continue;
      floats_ = {};
      floats_ = DeviceBuffer<float>(context_, block * width());
    }
    users_.Upload(InitialFactors(config, users_.rows.rows, false));
    items_.Upload(InitialFactors(config, items_.rows.rows, true));
  }

  void AttachValidation(const ValidationSet& validation) override {
    context_.MakeCurrent();
    validation_ = validation;
    vectors_ = std::make_unique<UserVectors>(context_, config_, *validation.users, user_order_,
                                             item_order_, engine_.get());
    item_places_ = ToDevice(context_, item_order_.places);
    const auto judged = static_cast<int64_t>(validation.users->model_rows.size());
    context_.RefuseWhatDoesNotFit(
        TopKBytes(judged, items_.rows.rows, config_.factors, validation.k),
        "ranking for the " + std::to_string(judged) + " users that --validate keeps back",
        "train without --validate, with fewer factors or with --device cpu");
    // Their workspace may have moved.
    for (FactorSide* side : {&users_, &items_}) {
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
    model.user_factors = users_.Download();
    model.item_factors = items_.Download();
    model.item_gramian = DownloadItemGramian();
    return model;
  }

  std::vector<KernelTime> TimeKernels() override {
    context_.MakeCurrent();
    KernelClock clock(context_);
    RunEpoch(StopFlag());
    return clock.Finish();
  }

  std::string Placement() const override { return PlacementText(placement_); }

  State Save() const override {
    context_.MakeCurrent();
    State state;
    state.integers = {{"factors", config_.factors},    {"users", users_.rows.rows},
                      {"items", items_.rows.rows},     {"item_half", item_half_ ? 1 : 0},
                      {"batches_done", batches_done_}, {"batches", BatchesOfHalf()}};
    state.floats = {{"user_factors", users_.Download()}, {"item_factors", items_.Download()}};
    state.doubles = {{"user_shares", users_.DownloadShares()},
                     {"item_shares", items_.DownloadShares()}};
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
    users_.Upload(state.floats.at("user_factors"));
    items_.Upload(state.floats.at("item_factors"));
    users_.UploadShares(state.doubles.at("user_shares"));
    items_.UploadShares(state.doubles.at("item_shares"));
  }

 private:
  int64_t BatchesOfHalf() const {
    return static_cast<int64_t>((item_half_ ? items_ : users_).rows.bins.batches.size());
  }

  // A batch of rows where it is solved: its slot, if anything of it is not kept on the device.
  struct Visit {
    SolvedSide side;
    BatchStream::Slot* slot = nullptr;
    unsigned char* stored = nullptr;  // the factors of its rows
    float* floats = nullptr;          // the same, where the kernels read and write them
    RowRange rows;
  };

  // Solves the batches of this half that are left; the share of a user is the regularization, of an
  // item all else (ials.h: the loss is free). False where the flag stopped it before the last.
  bool RunHalf(const char* name, FactorSide* solved, const FactorSide& fixed,
               const StopFlag& stop) {
    const TraceRange range(name);
    FixTable(fixed);
    if (batches_done_ == 0) solved->ClearZeroRows();
    const std::vector<RowBatch>& batches = solved->rows.bins.batches;
    const int64_t count = static_cast<int64_t>(batches.size());
    for (; batches_done_ < count; ++batches_done_) {
      gate_.Wait();
      if (stop.requested()) break;
      const size_t at = static_cast<size_t>(batches_done_);
      const Visit visit = Enter(*solved, batches_done_);
      const auto solve = [&] { engine_->SolveBatch(solved->rows, batches[at], visit.side); };
      if (solved->graphs.empty() || context_.clock() != nullptr) {
        solve();
      } else {
        solved->graphs[at].Run(context_, solve);
      }
      Leave(*solved, visit);
      gate_.Mark();
    }
    stream_.Settle();
    if (batches_done_ < count) return false;
    batches_done_ = 0;
    return true;
  }

  Visit Enter(FactorSide& solved, int64_t index) {
    const DeviceRows& rows = solved.rows;
    const RowBatch& batch = rows.bins.batches[static_cast<size_t>(index)];
    Visit visit;
    visit.rows = rows.RowsOf(batch);
    visit.stored = solved.At(visit.rows.begin);
    visit.side = {rows.ids.data(), rows.values.data(), nullptr, solved.share.data(), !item_half_};
    if (rows.streamed() || solved.on_host()) {
      visit.slot = &stream_.Take(index);
      if (rows.streamed()) {
        const EntryRange entries = rows.EntriesOf(batch);
        const int64_t bytes = 4 * (entries.end - entries.begin);
        stream_.Fetch(visit.slot->ids.data(), rows.host_ids.data() + entries.begin, bytes);
        stream_.Fetch(visit.slot->values.data(), rows.host_values.data() + entries.begin, bytes);
        visit.side.ids = visit.slot->ids.data() - entries.begin;
        visit.side.values = visit.slot->values.data() - entries.begin;
      }
      if (solved.on_host()) {
        if (engine_->StartsWarm()) {
          stream_.Fetch(visit.slot->table.data(), visit.stored,
                        visit.rows.count() * solved.row_bytes());
        }
        visit.stored = visit.slot->table.data();
      }
      stream_.Arrive(*visit.slot);
    }
    visit.floats = Floats(visit.stored, engine_->StartsWarm() ? visit.rows.count() : 0);
    visit.side.factors = visit.floats - visit.rows.begin * width();
    return visit;
  }

  void Leave(FactorSide& solved, const Visit& visit) {
    if (narrow()) {
      LaunchStoreRows(context_, visit.floats, visit.rows.count(), width(),
                      {StorageOf(config_), visit.stored}, solved.share.data() + visit.rows.begin);
    }
    if (visit.slot == nullptr) return;
    stream_.Leave(*visit.slot, solved.At(visit.rows.begin),
                  solved.on_host() ? visit.rows.count() * solved.row_bytes() : 0);
  }

  bool narrow() const { return StorageOf(config_) != FactorStorage::kFp32; }
  int width() const { return engine_->padded(); }

  // `count` rows of factors on the device as floats: where they are, or in floats_ until the next
  // call.
  float* Floats(unsigned char* stored, int64_t count) const {
    if (!narrow()) return reinterpret_cast<float*>(stored);
    LaunchWidenRows(context_, {StorageOf(config_), stored}, count * width(), floats_.data());
    return floats_.data();
  }

  // Makes this side the one that rows are solved against, and its Gramian.
  void FixTable(const FactorSide& side) const {
    const int64_t rows = side.rows.rows;
    const int64_t block = GramianRows(width());
    for (int64_t first = 0; first == 0 || first < rows; first += block) {
      const int64_t count = std::min(block, rows - first);
      BatchStream::Slot* slot = nullptr;
      unsigned char* stored = side.At(first);
      if (side.on_host()) {
        slot = &stream_.Take(first / block);
        stream_.Fetch(slot->table.data(), stored, count * side.row_bytes());
        stream_.Arrive(*slot);
        stored = slot->table.data();
      }
      const float* floats = Floats(stored, count);
      const KernelRange range(context_, "gramian", [&] {
        return std::vector{GramianCost(SolvedWork(config_, count, 0))};
      });
      AddGramian(context_, floats, count, width(), first == 0, gramian_.data());
      if (slot != nullptr) stream_.Leave(*slot, nullptr, 0);
    }
    engine_->Fix(side.At(0), gramian_.data());
  }

  double Validate() {
    const TraceRange range("validation");
    FixTable(items_);
    const auto judged = static_cast<int64_t>(validation_.users->model_rows.size());
    const int64_t f = config_.factors;
    const int64_t bytes =
        4 * f * (judged + items_.rows.rows) + TopKBytes(judged, items_.rows.rows, f, validation_.k);
    if (vectors_->uniform() && bytes <= context_.FreeBytes()) return ValidateOnDevice();
    const AlignedVector<float> vectors = vectors_->Make(users_.table());
    const AlignedVector<float> items = items_.Download();
    return EvaluateMetric(validation_.metric, validation_.k, vectors.data(), items.data(),
                          items_.rows.rows, config_.factors, *validation_.users, top_k_);
  }

  // No factor leaves the device.
  double ValidateOnDevice() {
    const DeviceBuffer<float> vectors = vectors_->MakeOnDevice(users_.table());
    DeviceBuffer<float> items(context_, items_.rows.rows * config_.factors);
    LaunchGatherRows(context_, items_.table(), engine_->layout(), item_places_.data(),
                     items_.rows.rows, items.data());
    return EvaluateMetric(validation_.metric, validation_.k, vectors.data(), items.data(),
                          items_.rows.rows, config_.factors, *validation_.users,
                          [&](const TopKRequest& request) {
                            return TopKCuda(context_, request, TopKPlace::kDevice);
                          });
  }

  AlignedVector<float> DownloadItemGramian() const {
    FixTable(items_);
    std::vector<float> padded(static_cast<size_t>(gramian_.size()));
    gramian_.Download(padded);
    const TableLayout& layout = engine_->layout();
    AlignedVector<float> dense;
    dense.reserve(static_cast<size_t>(config_.factors * config_.factors));
    for (int64_t row = 0; row < config_.factors; ++row) {
      const float* from = padded.data() + layout.ColumnOf(row) * width();
      for (int64_t column = 0; column < config_.factors; ++column) {
        dense.push_back(from[layout.ColumnOf(column)]);
      }
    }
    return dense;
  }

  const IalsPlacement placement_;
  const std::unique_ptr<const DeviceContext> owned_context_;
  const DeviceContext& context_;
  const TopKFunction top_k_;
  const IalsConfig config_;
  BatchGate gate_;
  const std::unique_ptr<HalfEngine> engine_;
  const SolveOrder user_order_;
  const SolveOrder item_order_;
  FactorSide users_;
  FactorSide items_;
  mutable BatchStream stream_;
  mutable DeviceBuffer<float> gramian_;  // of the side that was fixed last
  mutable DeviceBuffer<float> floats_;   // a block of rows, where they are stored in 16 bits
  DeviceBuffer<double> totals_;
  ValidationSet validation_;
  std::unique_ptr<UserVectors> vectors_;
  DeviceBuffer<int32_t> item_places_;  // for the order of the data, where a validation is watched
  bool item_half_ = false;
  int64_t batches_done_ = 0;
};

}  // namespace

std::unique_ptr<Solver> MakeIalsCuda(int device, TopKResult (*top_k)(const TopKRequest& request),
                                     const IalsConfig& config, const Interactions& data) {
  auto context = std::make_unique<const DeviceContext>(device);
  IalsConfig settled = config;
  const int64_t users = data.by_user.rows;
  const int64_t items = data.by_item.rows;
  Settle(settled, users, items, data.by_user.nnz());
  RefuseWhatCannotBe(*context, settled);
  const IalsCudaPlan plan =
      PlanIalsCuda(settled, users, items, data.by_user.nnz(), context->FreeBytes());
  context->RefuseWhatDoesNotFit(plan.cost.device_bytes,
                                "training iALS with " + std::to_string(config.factors) +
                                    " factors, its entries and factors streamed from the host,",
                                "use fewer factors, another device or --device cpu");
  auto engine = MakeHalfEngine(*context, settled);
  const RowBinLimits limits = engine->limits();
  return std::make_unique<IalsCudaSolver>(std::move(context), top_k, settled, data,
                                          std::move(engine), limits, plan.placement);
}

}  // namespace tidewright
