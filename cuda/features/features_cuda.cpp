#include "cuda/features/features_cuda.h"

#include <algorithm>
#include <string>
#include <vector>

#include "cuda/core/device_buffer.h"
#include "cuda/core/trace.h"
#include "cuda/features/features_launch.h"
#include "host/data/aggregate.h"

namespace tidewright {
namespace {

// Kernels, and what Thrust keeps beside copies of keys and values.
constexpr int64_t kFeatureWorkBytes = int64_t{64} << 20;
constexpr int64_t kMostBatchBytes = int64_t{1} << 30;

int64_t ItemsOf(const EventLog& log) {
  return int64_t{*std::max_element(log.item.begin(), log.item.end())} + 1;
}

int64_t BytesOfRow(const FeatureRequest& request) {
  return static_cast<int64_t>(sizeof(double)) * LayoutOf(ViewOf(request.plan)).size() +
         static_cast<int64_t>(sizeof(float) * request.formulas.size());
}

int64_t LogBytes(const FeatureRequest& request) {
  const EventLog& log = request.log;
  const int64_t event_bytes = 12 + (log.signal.empty() ? 0 : 1) + (log.value.empty() ? 0 : 4) +
                              4 * static_cast<int64_t>(request.plan.column_of.size());
  constexpr int64_t kUserBytes = 5 * sizeof(int64_t) + sizeof(int32_t) + 1;
  return log.size() * event_bytes + request.users * kUserBytes;
}

// What comes beside the log: `pairs` of a user and an item, and as much again to sort them.
int64_t WorkBytes(const FeatureRequest& request, int64_t pairs, int64_t items, int64_t batch_rows) {
  constexpr int64_t kPairBytes = sizeof(uint64_t) + sizeof(ItemVisit);
  constexpr int64_t kItemBytes = sizeof(DeviceItemCounts) + sizeof(ItemFact);
  return pairs * (2 * kPairBytes + static_cast<int64_t>(sizeof(int64_t))) + items * kItemBytes +
         batch_rows * BytesOfRow(request) + kFeatureWorkBytes;
}

// The log and its plan on a device.
class DeviceLog {
 public:
  DeviceLog(const DeviceContext& context, const EventLog& log, const ProfilePlan& plan)
      : item_(ToDevice(context, log.item)),
        timestamp_(ToDevice(context, log.timestamp)),
        signal_(ToDevice(context, log.signal)),
        value_(ToDevice(context, log.value)),
        signal_of_(ToDevice(context, plan.signal_of)),
        weight_(ToDevice(context, plan.weight)),
        windows_(ToDevice(context, plan.windows)) {
    std::vector<const float*> columns;
    for (const size_t column : plan.column_of) {
      columns_.push_back(ToDevice(context, log.extra[column].values));
      columns.push_back(columns_.back().data());
    }
    column_list_ = ToDevice(context, columns);
  }

  LogView log() const {
    return {item_.data(), timestamp_.data(), signal_.data(), value_.data(), column_list_.data()};
  }
  PlanView Plan(const ProfilePlan& plan) const {
    PlanView view = ViewOf(plan);
    view.signal_of = signal_of_.data();
    view.weight = weight_.data();
    view.windows = windows_.data();
    return view;
  }

 private:
  DeviceBuffer<int32_t> item_;
  DeviceBuffer<int64_t> timestamp_;
  DeviceBuffer<uint8_t> signal_;  // none of them where the log has none: a null pointer
  DeviceBuffer<float> value_;
  DeviceBuffer<int32_t> signal_of_;
  DeviceBuffer<float> weight_;
  DeviceBuffer<int64_t> windows_;
  std::vector<DeviceBuffer<float>> columns_;
  DeviceBuffer<const float*> column_list_;
};

// The rows of the table, batch after batch.
void DownloadRows(const DeviceContext& context, const FeatureRequest& request,
                  const FeatureProblem& problem, bool return_share_known, int64_t batch_rows,
                  FeatureValues* result) {
  const auto rows = static_cast<int64_t>(result->users.size());
  const auto formulas = static_cast<int64_t>(request.formulas.size());
  batch_rows = std::min(batch_rows, rows);
  DeviceBuffer<double> numbers(context, batch_rows * LayoutOf(problem.plan).size());
  const auto formula_list = ToDevice(context, request.formulas);
  DeviceBuffer<float> values(context, batch_rows * formulas);
  std::vector<float> downloaded(static_cast<size_t>(values.size()));
  for (int64_t begin = 0; begin < rows; begin += batch_rows) {
    FeatureBatch batch;
    batch.begin = begin;
    batch.rows = std::min(batch_rows, rows - begin);
    batch.return_share_known = return_share_known;
    batch.numbers = numbers.data();
    batch.formulas = formula_list.data();
    batch.formula_count = formulas;
    batch.values = values.data();
    LaunchFeatureBatch(context, problem, batch);
    values.Download({downloaded.data(), static_cast<size_t>(batch.rows * formulas)});
    for (int64_t f = 0; f < formulas; ++f) {
      const auto first = downloaded.begin() + f * batch.rows;
      std::copy(first, first + batch.rows, result->columns[static_cast<size_t>(f)].begin() + begin);
    }
  }
}

}  // namespace

FeatureValues BuildFeaturesCuda(const DeviceContext& context, const FeatureRequest& request,
                                int64_t batch_rows) {
  FeatureValues result;
  result.columns.resize(request.formulas.size());
  if (request.log.size() == 0 || request.users == 0) return result;
  context.MakeCurrent();
  const TraceRange range("features");
  const int64_t items = ItemsOf(request.log);
  batch_rows = std::clamp<int64_t>(kMostBatchBytes / BytesOfRow(request), 1,
                                   std::min(batch_rows, request.users));
  const auto refuse_what_does_not_fit = [&](int64_t bytes) {
    context.RefuseWhatDoesNotFit(
        bytes, "describing the customers of " + std::to_string(request.log.size()) + " events",
        "use another device or --device cpu");
  };
  // How many events are pairs is known once the log is there.
  refuse_what_does_not_fit(LogBytes(request) + WorkBytes(request, 0, items, batch_rows));
  const DeviceLog log(context, request.log, request.plan);
  const auto offsets = ToDevice(context, UserOffsets(request.log, request.users));
  DeviceBuffer<int64_t> end(context, request.users);
  DeviceBuffer<int64_t> pairs(context, request.users);
  DeviceBuffer<int64_t> pair_begin(context, request.users);
  DeviceBuffer<int64_t> visits(context, request.users);
  DeviceBuffer<uint8_t> came_back(context, request.users);
  DeviceBuffer<int32_t> rows(context, request.users);
  FeatureProblem problem;
  problem.log = log.log();
  problem.plan = log.Plan(request.plan);
  problem.cutoff = request.cutoff;
  problem.users = request.users;
  problem.items = items;
  problem.offsets = offsets.data();
  problem.end = end.data();
  problem.pairs = pairs.data();
  problem.pair_begin = pair_begin.data();
  problem.visits = visits.data();
  problem.came_back = came_back.data();
  problem.rows = rows.data();
  const FeatureSizes sizes = CountFeatureRows(context, problem);
  if (sizes.rows == 0) return result;
  refuse_what_does_not_fit(WorkBytes(request, sizes.pairs, items, batch_rows));
  DeviceBuffer<uint64_t> keys(context, sizes.pairs);
  DeviceBuffer<ItemVisit> pair_items(context, sizes.pairs);
  DeviceBuffer<int64_t> visit_begin(context, sizes.pairs);
  problem.keys = keys.data();
  problem.pair_items = pair_items.data();
  problem.visit_begin = visit_begin.data();
  FindFeaturePairs(context, problem, sizes);
  DeviceBuffer<DeviceItemCounts> counts(context, items);
  DeviceBuffer<ItemFact> facts(context, items);
  DeviceBuffer<DeviceItemCounts> totals(context, 1);
  counts.Clear();
  totals.Clear();
  problem.counts = counts.data();
  problem.totals = totals.data();
  problem.facts = facts.data();
  GatherFeatureFacts(context, problem, sizes.pairs);
  DeviceItemCounts all;
  totals.Download({&all, 1});
  result.users.resize(static_cast<size_t>(sizes.rows));
  rows.Download(result.users);
  for (std::vector<float>& column : result.columns) column.resize(result.users.size());
  DownloadRows(context, request, problem, all.customers > 0, batch_rows, &result);
  return result;
}

}  // namespace tidewright
