#include "cuda/logistic/logistic_cuda.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cuda/core/device_buffer.h"
#include "cuda/core/device_context.h"
#include "cuda/core/trace.h"
#include "cuda/logistic/logistic_launch.h"
#include "host/logistic/logistic_core.h"
#include "host/logistic/logistic_solver.h"
#include "host/logistic/term_map.h"

namespace tidewright {
namespace {

constexpr int64_t kContextBytes = int64_t{512} << 20;
// Enough to fill a large GPU several times over; memory for their sums stays bounded.
constexpr int64_t kMostParts = 2048;
constexpr int64_t kMostPartBytes = int64_t{256} << 20;

int64_t PartsOf(int64_t blocks, int64_t dense) {
  return std::clamp<int64_t>(kMostPartBytes / (8 * (dense + 2)), 1, std::min(kMostParts, blocks));
}

class DeviceLogisticTable : public SmoothObjective {
 public:
  DeviceLogisticTable(std::unique_ptr<const DeviceContext> context, const LinearModel& terms,
                      double l2, const EncodedTable& table)
      : owned_context_(std::move(context)),
        context_(*owned_context_),
        map_(terms, table),
        l2_(l2),
        values_(ToDevice(context_, table.values)),
        slot_(ToDevice(context_, table.slots)),
        first_slot_(ToDevice(context_, map_.first_slots())),
        sign_(ToDevice(context_, table.sign)),
        weight_(ToDevice(context_, table.weight)),
        coefficients_(context_, map_.dense() + map_.slots() + 1),
        sums_(context_, map_.dense() + 2),
        slot_residuals_(context_, map_.slots()) {
    problem_.blocks = table.blocks;
    problem_.block_rows = table.block_rows;
    problem_.parts = PartsOf(table.blocks, map_.dense());
    problem_.dense = map_.dense();
    problem_.categories = static_cast<int64_t>(table.categories.size());
    problem_.slots = map_.slots();
    part_sums_ = DeviceBuffer<double>(context_, problem_.parts * (map_.dense() + 2));
    problem_.values = values_.data();
    problem_.slot = slot_.data();
    problem_.first_slot = first_slot_.data();
    problem_.sign = sign_.data();
    problem_.weight = weight_.data();
    problem_.coefficients = coefficients_.data();
    problem_.part_sums = part_sums_.data();
    problem_.sums = sums_.data();
    problem_.slot_residuals = slot_residuals_.data();
  }

  double Evaluate(const std::vector<double>& x, std::vector<double>* gradient) override {
    context_.MakeCurrent();
    const TraceRange range("logistic");
    const std::vector<double> coefficients = map_.ValuesOf(x);
    coefficients_.Upload(coefficients);
    slot_residuals_.Clear();
    LaunchLogisticSums(context_, problem_);
    std::vector<double> totals(static_cast<size_t>(map_.dense()) + 2);
    std::vector<unsigned long long> slots(static_cast<size_t>(map_.slots()));
    sums_.Download(totals);
    slot_residuals_.Download(slots);
    LogisticSums sums;
    sums.residual = totals.back();
    totals.pop_back();
    sums.loss = totals.back();
    totals.pop_back();
    sums.dense = std::move(totals);
    for (const unsigned long long slot : slots) {
      sums.slots.push_back(FromFixed(static_cast<int64_t>(slot)));
    }
    return map_.Finish(x, l2_, sums, gradient);
  }

 private:
  std::unique_ptr<const DeviceContext> owned_context_;
  const DeviceContext& context_;
  TermMap map_;
  double l2_;
  DeviceBuffer<float> values_;
  DeviceBuffer<int32_t> slot_;
  DeviceBuffer<int64_t> first_slot_;
  DeviceBuffer<double> sign_;
  DeviceBuffer<double> weight_;
  DeviceBuffer<double> coefficients_;
  DeviceBuffer<double> sums_;
  DeviceBuffer<unsigned long long> slot_residuals_;
  DeviceBuffer<double> part_sums_;
  LogisticProblem problem_;
};

}  // namespace

std::unique_ptr<Solver> MakeLogisticCuda(int device, const LogisticConfig& config,
                                         TableProblem problem) {
  auto context = std::make_unique<const DeviceContext>(device);
  const int64_t columns = static_cast<int64_t>(problem.train.columns.size());
  context->RefuseWhatDoesNotFit(
      EstimateLogisticCuda(config, problem.train.rows, columns).device_bytes,
      "training logistic regression on " + std::to_string(problem.train.rows) + " rows of " +
          std::to_string(columns) + " columns",
      "use another device or --device cpu");
  LinearModel start = StartingModel(config, problem);
  const EncodedTable table =
      EncodeTable(start, config.scale_pos_weight, std::move(problem.train), kLogisticBlockRows);
  auto objective =
      std::make_unique<DeviceLogisticTable>(std::move(context), start, config.l2, table);
  return MakeLogisticSolver(config, std::move(start), std::move(objective));
}

// As if every column were of numbers, as EstimateLogisticCpu has it.
CostEstimate EstimateLogisticCuda(const LogisticConfig& config, int64_t rows, int64_t columns) {
  const double n = static_cast<double>(rows);
  const double d = static_cast<double>(columns);
  const int64_t block_rows = BlockRows(columns, kLogisticBlockRows);
  const int64_t blocks = (rows + block_rows - 1) / block_rows;
  const int64_t encoded = blocks * block_rows * (4 * columns + 16);
  CostEstimate estimate;
  // Values are read once: the gradient finds a block's in the second cache.
  estimate.Add({"margins", 2 * n * d, 4 * n * d, "fp32"});
  estimate.Add({"losses", 40 * n, 16 * n, "fp32"});
  estimate.Add({"gradient", 2 * n * d, 0, "fp32"});
  estimate.device_bytes =
      kContextBytes + encoded + 8 * PartsOf(blocks, columns) * (columns + 2) + 32 * columns;
  estimate.host_bytes = encoded + rows * (4 * columns + 4) + 16 * columns * (2 * config.memory + 8);
  return estimate;
}

}  // namespace tidewright
