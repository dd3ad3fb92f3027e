#include "cuda/gbdt/gbdt_cuda.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cuda/core/device_buffer.h"
#include "cuda/core/device_context.h"
#include "cuda/core/trace.h"
#include "cuda/gbdt/gbdt_launch.h"
#include "cuda/gbdt/histogram_store.h"
#include "host/gbdt/gbdt_solver.h"
#include "host/gbdt/training_plan.h"

namespace tidewright {
namespace {

constexpr int64_t kContextBytes = int64_t{512} << 20;
constexpr int64_t kMarginRows = 8192;  // that a block moves
// Of a row, beside its bins: label, weight, margin, pair, order, moved; of a watched one its
// margin.
constexpr int64_t kRowBytes = 24;
constexpr int64_t kWatchedRowBytes = 4;

int64_t Parts(int64_t rows, int64_t rows_of_part) {
  return (rows + rows_of_part - 1) / rows_of_part;
}

// At most so many nodes of a tree matter to the memory that it takes.
struct MostNodes {
  int64_t leaves = 0;    // of the tree
  int64_t open = 0;      // that may still be split and have histograms
  int64_t together = 0;  // whose splits are looked for at a time
};

MostNodes MostNodesOf(const GbdtConfig& config, int64_t rows) {
  constexpr int64_t kBeyondAnyRows = 40;
  const int64_t depth =
      config.max_depth > 0 ? std::min(config.max_depth, kBeyondAnyRows) : kBeyondAnyRows;
  MostNodes most;
  most.leaves = std::min(rows, int64_t{1} << depth);
  most.open = std::min(rows, int64_t{1} << (depth - 1));
  if (config.max_leaves > 0) {
    const int64_t leaves = config.max_leaves;
    most.leaves = std::min(most.leaves, leaves);
    // The best leaf first: some are split ahead, up to a quarter of those that are left to split,
    // and may stay out of the tree.
    const int64_t ahead = leaves * (leaves + 8) / 8;
    most.open = std::min(most.open, config.growth == "leafwise" ? ahead : leaves);
  }
  most.together = std::min(most.open, 2 * kNodesTogether);
  return most;
}

// Histograms that are kept, and those of the nodes that are searched at a time.
int64_t HistogramBytes(const MostNodes& nodes, int64_t columns) {
  const int64_t each = columns * kHistogramWords * 8;
  const bool all_kept = nodes.open <= kHistogramStoreBytes / each;
  return (all_kept ? nodes.open * each : kHistogramStoreBytes) + nodes.together * each;
}

// What is there for the time of one call: as if all calls were at the same time.
int64_t PassingBytes(const MostNodes& nodes, int64_t rows, int64_t columns) {
  const auto size = [](int64_t count, size_t bytes) { return count * static_cast<int64_t>(bytes); };
  const int64_t moves = std::min(nodes.leaves, kNodesTogether);
  return size(Parts(rows, kSummaryRows), sizeof(BlockSummary)) +
         size(moves, sizeof(PartitionMove) + sizeof(int64_t) + sizeof(HistogramDifference)) +
         size(Parts(rows, kPartitionRows) + moves, sizeof(PartitionPart) + sizeof(int64_t)) +
         size(Parts(rows, HistogramPartRows(rows)) + nodes.together, sizeof(HistogramPart)) +
         size(nodes.together, sizeof(SearchJob) + sizeof(NodeSplit)) +
         size(nodes.together * columns, sizeof(ColumnCandidate)) +
         size(Parts(rows, kMarginRows) + nodes.leaves, sizeof(MarginPart)) +
         size(2 * nodes.leaves, sizeof(BinnedNode)) +
         size(columns, sizeof(GbdtColumn) + sizeof(int32_t));
}

class CudaEngine : public TreeEngine {
 public:
  CudaEngine(std::unique_ptr<const DeviceContext> context, EngineInput input)
      : owned_context_(std::move(context)),
        context_(*owned_context_),
        config_(*input.config),
        columns_(static_cast<int64_t>(input.bins->size())),
        by_row_(ToDevice(context_, input.table.by_row)),
        by_column_(ToDevice(context_, input.table.by_column)),
        label_(ToDevice(context_, input.label)),
        weight_(ToDevice(context_, input.weight)),
        margin_(context_, input.table.rows),
        pairs_(context_, input.table.rows),
        order_(context_, input.table.rows),
        moved_(context_, input.table.rows),
        histograms_(context_, columns_) {
    std::vector<GbdtColumn> about;
    for (size_t c = 0; c < input.bins->size(); ++c) {
      const ColumnBins& bins = (*input.bins)[c];
      about.push_back(
          {bins.values, bins.category ? 1 : 0, bins.last_edge_splits ? 1 : 0, input.directions[c]});
    }
    about_ = ToDevice(context_, about);
    rows_.rows = input.table.rows;
    rows_.stride = input.table.stride;
    rows_.by_row = by_row_.data();
    rows_.by_column = by_column_.data();
    rows_.label = label_.data();
    rows_.weight = input.weight.empty() ? nullptr : weight_.data();
    rows_.margin = margin_.data();
    rows_.pairs = pairs_.data();
    rows_.order = order_.data();
    rows_.moved = moved_.data();
  }

  void SetMargins(const std::vector<float>& margins) override {
    context_.MakeCurrent();
    margin_.Upload(margins);
  }

  void AddTrees(const std::vector<BinnedTree>& trees) override {
    context_.MakeCurrent();
    for (const BinnedTree& tree : trees) {
      const DeviceBuffer<BinnedNode> nodes = ToDevice(context_, tree);
      LaunchGbdtTree(context_, rows_.by_row, rows_.stride, rows_.rows, nodes.data(), rows_.margin);
    }
  }

  RowSummary Summarise() override {
    context_.MakeCurrent();
    std::vector<BlockSummary> blocks(
        static_cast<size_t>((rows_.rows + kSummaryRows - 1) / kSummaryRows));
    DeviceBuffer<BlockSummary> on_device(context_, static_cast<int64_t>(blocks.size()));
    LaunchGbdtSummary(context_, rows_, on_device.data());
    on_device.Download(blocks);
    return TotalOf(blocks);
  }

  void BeginTree(const TreePlan& plan, GrownNode* root) override {
    context_.MakeCurrent();
    const TraceRange range("gbdt tree");
    plan_ = plan;
    asked_ = ToDevice(context_, plan.columns);
    histograms_.ReleaseAll();
    LaunchGbdtQuantise(context_, rows_, plan.quantum, RoundingKey(config_, plan.tree));
    if (config_.row_sample >= 1) {
      count_ = rows_.rows;
      LaunchGbdtOrder(context_, rows_);
    } else {
      AlignedVector<uint32_t> chosen;
      SampleRows(config_, plan.tree, rows_.rows, &chosen);
      count_ = static_cast<int64_t>(chosen.size());
      order_.Upload(std::span<const uint32_t>(chosen.data(), chosen.size()));
    }
    DeviceBuffer<unsigned long long> on_device(context_, 2);
    on_device.Clear();
    LaunchGbdtSum(context_, rows_, count_, on_device.data());
    std::vector<unsigned long long> sums(2);
    on_device.Download(sums);
    root->count = count_;
    root->sums.gradient = static_cast<int64_t>(sums[0]);
    root->sums.hessian = static_cast<int64_t>(sums[1]);
  }

  int64_t NodesTogether() const override { return kNodesTogether; }

  std::vector<int64_t> Partition(const std::vector<GrownNode>& nodes,
                                 const std::vector<int32_t>& parents) override {
    context_.MakeCurrent();
    std::vector<PartitionMove> moves;
    std::vector<PartitionPart> parts;
    for (const int32_t parent : parents) {
      const GrownNode& node = nodes[parent];
      PartitionMove move;
      move.column = node.split.column;
      move.begin = node.begin;
      move.count = node.count;
      std::copy(node.split.bins_left, node.split.bins_left + 4, move.bins_left);
      move.first_part = static_cast<int64_t>(parts.size());
      for (int64_t begin = 0; begin < node.count; begin += kPartitionRows) {
        parts.push_back({static_cast<int64_t>(moves.size()), node.begin + begin,
                         std::min(kPartitionRows, node.count - begin)});
      }
      move.parts = static_cast<int64_t>(parts.size()) - move.first_part;
      moves.push_back(move);
    }
    const DeviceBuffer<PartitionMove> device_moves = ToDevice(context_, moves);
    const DeviceBuffer<PartitionPart> device_parts = ToDevice(context_, parts);
    DeviceBuffer<int64_t> part_lefts(context_, static_cast<int64_t>(parts.size()));
    DeviceBuffer<int64_t> lefts(context_, static_cast<int64_t>(moves.size()));
    PartitionProblem problem;
    problem.moves = device_moves.data();
    problem.move_count = static_cast<int64_t>(moves.size());
    problem.parts = device_parts.data();
    problem.part_count = static_cast<int64_t>(parts.size());
    problem.part_lefts = part_lefts.data();
    problem.left_counts = lefts.data();
    LaunchGbdtPartition(context_, rows_, problem);
    std::vector<int64_t> left_counts(moves.size());
    lefts.Download(left_counts);
    return left_counts;
  }

  void FindSplits(const std::vector<Family>& families, std::vector<GrownNode>* nodes) override {
    context_.MakeCurrent();
    BuildHistograms(families, nodes);
    Derive(families, nodes);
    Search(families, nodes);
    for (const Family& family : families) GiveUp(family, nodes);
  }

  void EndTree(const std::vector<LeafRange>& leaves, const BinnedTree& tree) override {
    if (count_ < rows_.rows) return AddTrees({tree});
    context_.MakeCurrent();
    std::vector<MarginPart> parts;
    for (const LeafRange& leaf : leaves) {
      for (int64_t begin = 0; begin < leaf.count; begin += kMarginRows) {
        parts.push_back(
            {leaf.begin + begin, std::min(kMarginRows, leaf.count - begin), leaf.value});
      }
    }
    const DeviceBuffer<MarginPart> on_device = ToDevice(context_, parts);
    LaunchGbdtMargins(context_, rows_, on_device.data(), static_cast<int64_t>(parts.size()));
  }

  void Watch(BinnedTable rows, std::vector<float> margins) override {
    context_.MakeCurrent();
    watched_ = DeviceBuffer<uint8_t>();
    watched_margin_ = DeviceBuffer<float>();
    watched_rows_ = rows.rows;
    watched_stride_ = rows.stride;
    context_.RefuseWhatDoesNotFit(watched_rows_ * (watched_stride_ + kWatchedRowBytes),
                                  "watching " + std::to_string(watched_rows_) + " rows",
                                  "keep back fewer, or use another device or --device cpu");
    watched_ = ToDevice(context_, rows.by_row);
    watched_margin_ = ToDevice(context_, margins);
  }

  void AddToWatched(const BinnedTree& tree) override {
    context_.MakeCurrent();
    const DeviceBuffer<BinnedNode> nodes = ToDevice(context_, tree);
    LaunchGbdtTree(context_, watched_.data(), watched_stride_, watched_rows_, nodes.data(),
                   watched_margin_.data());
  }

  std::vector<float> WatchedMargins() override {
    context_.MakeCurrent();
    std::vector<float> margins(static_cast<size_t>(watched_rows_));
    watched_margin_.Download(margins);
    return margins;
  }

 private:
  void BuildHistograms(const std::vector<Family>& families, std::vector<GrownNode>* nodes) {
    int64_t rows = 0;
    for (const Family& family : families) {
      for (const int32_t node : family.built) {
        if (node < 0) continue;
        rows += (*nodes)[node].count;
        (*nodes)[node].histogram = histograms_.AcquireCleared();
      }
    }
    const int64_t part_rows = HistogramPartRows(rows);
    std::vector<HistogramPart> parts;
    for (const Family& family : families) {
      for (const int32_t child : family.built) {
        if (child < 0) continue;
        const GrownNode& node = (*nodes)[child];
        for (int64_t begin = 0; begin < node.count; begin += part_rows) {
          parts.push_back({node.begin + begin, std::min(part_rows, node.count - begin),
                           histograms_.Data(node.histogram)});
        }
      }
    }
    const DeviceBuffer<HistogramPart> on_device = ToDevice(context_, parts);
    LaunchGbdtHistograms(context_, rows_, columns_, on_device.data(),
                         static_cast<int64_t>(parts.size()));
  }

  void Derive(const std::vector<Family>& families, std::vector<GrownNode>* nodes) {
    std::vector<HistogramDifference> differences;
    for (const Family& family : families) {
      if (family.derived < 0) continue;
      GrownNode& parent = (*nodes)[family.parent];
      differences.push_back({histograms_.Data(parent.histogram),
                             histograms_.Data((*nodes)[family.built[0]].histogram)});
      (*nodes)[family.derived].histogram = parent.histogram;
      parent.histogram = -1;
    }
    const DeviceBuffer<HistogramDifference> on_device = ToDevice(context_, differences);
    LaunchGbdtSubtract(context_, on_device.data(), static_cast<int64_t>(differences.size()),
                       columns_);
  }

  void Search(const std::vector<Family>& families, std::vector<GrownNode>* nodes) {
    std::vector<int32_t> searched;
    std::vector<SearchJob> jobs;
    for (const Family& family : families) {
      for (const int32_t child : family.searched) {
        if (child < 0) continue;
        searched.push_back(child);
        jobs.push_back({histograms_.Data((*nodes)[child].histogram), (*nodes)[child].sums});
      }
    }
    const auto count = static_cast<int64_t>(jobs.size());
    const DeviceBuffer<SearchJob> on_device = ToDevice(context_, jobs);
    SearchProblem problem;
    problem.rule = plan_.rule;
    problem.columns = about_.data();
    problem.asked = asked_.data();
    problem.asked_count = static_cast<int64_t>(plan_.columns.size());
    problem.jobs = on_device.data();
    problem.job_count = count;
    DeviceBuffer<ColumnCandidate> candidates(context_, count * problem.asked_count);
    DeviceBuffer<NodeSplit> splits(context_, count);
    problem.candidates = candidates.data();
    problem.splits = splits.data();
    LaunchGbdtSearch(context_, problem);
    std::vector<NodeSplit> found(searched.size());
    splits.Download(found);
    for (size_t i = 0; i < searched.size(); ++i) (*nodes)[searched[i]].split = found[i];
  }

  // Histograms that no child will be derived from.
  void GiveUp(const Family& family, std::vector<GrownNode>* nodes) {
    if (family.parent >= 0) histograms_.Release(&(*nodes)[family.parent].histogram);
    for (const int32_t child : {family.built[0], family.built[1], family.derived}) {
      if (child < 0) continue;
      GrownNode& node = (*nodes)[child];
      if (node.split.column < 0 || histograms_.Full()) histograms_.Release(&node.histogram);
    }
  }

  std::unique_ptr<const DeviceContext> owned_context_;
  const DeviceContext& context_;
  const GbdtConfig& config_;
  int64_t columns_;
  DeviceBuffer<uint8_t> by_row_;
  DeviceBuffer<uint8_t> by_column_;
  DeviceBuffer<float> label_;
  DeviceBuffer<float> weight_;
  DeviceBuffer<float> margin_;
  DeviceBuffer<uint32_t> pairs_;
  DeviceBuffer<uint32_t> order_;
  DeviceBuffer<uint32_t> moved_;
  DeviceBuffer<GbdtColumn> about_;
  DeviceBuffer<int32_t> asked_;
  HistogramStore histograms_;
  GbdtRows rows_;
  int64_t count_ = 0;  // rows of the tree
  TreePlan plan_;
  int64_t watched_rows_ = 0;
  int64_t watched_stride_ = 0;
  DeviceBuffer<uint8_t> watched_;
  DeviceBuffer<float> watched_margin_;
};

}  // namespace

std::unique_ptr<Solver> MakeGbdtCuda(int device, const GbdtConfig& config, TableProblem problem) {
  auto context = std::make_unique<const DeviceContext>(device);
  const int64_t columns = static_cast<int64_t>(problem.train.columns.size());
  context->RefuseWhatDoesNotFit(EstimateGbdtCuda(config, problem.train.rows, columns).device_bytes,
                                "training boosted trees on " + std::to_string(problem.train.rows) +
                                    " rows of " + std::to_string(columns) + " columns",
                                "use another device or --device cpu");
  return MakeGbdtSolver(config, std::move(problem), [&context](EngineInput input) {
    return std::make_unique<CudaEngine>(std::move(context), std::move(input));
  });
}

CostEstimate EstimateGbdtCuda(const GbdtConfig& config, int64_t rows, int64_t columns) {
  CostEstimate estimate = EstimateGbdtCpu(config, rows, columns);
  const MostNodes nodes = MostNodesOf(config, rows);
  // A row's bins by row and by column. Rows that are kept back to be watched take less than these.
  estimate.device_bytes = kContextBytes + rows * (RowStride(columns) + columns + kRowBytes) +
                          kReadableBeyond + HistogramBytes(nodes, columns) +
                          PassingBytes(nodes, rows, columns);
  return estimate;
}

}  // namespace tidewright
