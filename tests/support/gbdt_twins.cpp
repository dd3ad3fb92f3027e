#include "tests/support/gbdt_twins.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

struct Run {
  TreeEnsemble model;
  std::vector<double> losses;
  std::vector<double> validations;
};

Run RunSolver(const MakeGbdt& make, const GbdtConfig& config, const FeatureTable& table,
              const FeatureTable& validation, const Model* start) {
  TableProblem problem;
  problem.train = table;
  problem.start = start;
  const std::unique_ptr<Solver> solver = make(config, std::move(problem));
  ValidationSet set;
  set.metric = "log_loss";
  set.table = &validation;
  solver->AttachValidation(set);
  Run run;
  const StopFlag stop;
  for (int64_t epoch = 0; epoch < config.epochs; ++epoch) {
    const EpochStats stats = solver->RunEpoch(stop);
    EXPECT_TRUE(stats.finished);
    run.losses.push_back(stats.loss);
    run.validations.push_back(stats.validation.value_or(-1));
  }
  run.model = std::get<TreeEnsemble>(solver->Snapshot());
  return run;
}

void ExpectTwins(const MakeGbdt& make, const GbdtConfig& config, const FeatureTable& table,
                 const FeatureTable& validation, const Model* start = nullptr) {
  const Run cpu = RunSolver(MakeGbdtCpu, config, table, validation, start);
  const Run twin = RunSolver(make, config, table, validation, start);
  EXPECT_GT(cpu.model.nodes(), 3 * config.epochs);
  ExpectSameTrees(cpu.model, twin.model);
  EXPECT_EQ(cpu.losses, twin.losses);
  EXPECT_EQ(cpu.validations, twin.validations);
}

}  // namespace

void ExpectTheTreesOfTheCpu(const MakeGbdt& make, GbdtTwinCase what, int64_t rows, int64_t depth) {
  const int64_t categories = what == GbdtTwinCase::kManyCategories ? 300 : 9;
  FeatureTable table = MixedTable(rows, categories);
  std::optional<Model> start;
  GbdtConfig config;
  config.epochs = 2;
  config.max_depth = depth;
  config.min_child_weight = 0.3;
  switch (what) {
    case GbdtTwinCase::kLevelByLevel:
      break;
    case GbdtTwinCase::kBestLeafFirst:
      config.growth = "leafwise";
      config.max_depth = 0;
      config.max_leaves = int64_t{1} << depth;
      config.one_hot_max = 9;
      break;
    case GbdtTwinCase::kSamples:
      config.row_sample = 0.6;
      config.column_sample = 0.7;
      config.l1 = 0.5;
      config.gamma = 0.2;
      break;
    case GbdtTwinCase::kConstraints:
      config.monotone = "x0=1,x1=-1";
      config.max_leaves = (int64_t{1} << depth) - 2;
      config.max_bins = 16;
      config.scale_pos_weight = 2.5;
      for (int64_t row = 0; row < rows; ++row) {
        table.weight.push_back(0.1f + 5 * TestUniform(4, 4, row));
      }
      break;
    case GbdtTwinCase::kManyCategories:
      config.category_smoothing = 0.01;
      break;
    case GbdtTwinCase::kZeroWeights:
      for (int64_t row = 0; row < rows; ++row) {
        const bool counts = row % 3 != 0 && table.columns[3].values[row] != 4;
        table.weight.push_back(counts ? 1.0f : 0.0f);
      }
      break;
    case GbdtTwinCase::kWarmStart:
      start = TrainTrees(config, MixedTable(rows, categories, 23)).model;
      break;
  }
  ExpectTwins(make, config, table, MixedTable(300, categories, 17), start ? &*start : nullptr);
}

void ExpectTheTreesOfTheCpuOnManyColumns(const MakeGbdt& make) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 2;
  config.min_child_weight = 0.3;
  const FeatureTable table = NumberTable(100, 70000, true);
  ExpectTwins(make, config, table, table);
}

void ExpectToGoOnAsTheCpu(const MakeGbdt& make, int64_t rows) {
  const FeatureTable table = MixedTable(rows, 9);
  GbdtConfig config;
  config.epochs = 4;
  config.max_depth = 2;
  const auto begin = [&] {
    TableProblem problem;
    problem.train = table;
    return make(config, std::move(problem));
  };
  const StopFlag go;
  StopFlag halt;
  halt.Request();
  const std::unique_ptr<Solver> first = begin();
  first->RunEpoch(go);
  first->RunEpoch(go);
  EXPECT_FALSE(first->RunEpoch(halt).finished);
  const std::unique_ptr<Solver> second = begin();
  second->Restore(first->Save());
  second->RunEpoch(go);
  second->RunEpoch(go);
  ExpectSameTrees(std::get<TreeEnsemble>(second->Snapshot()), TrainTrees(config, table).model);
}

}  // namespace tidewright
