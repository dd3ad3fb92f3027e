#include "host/train/cross_validation.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/data/table_split.h"

namespace tidewright {

void CheckWatching(double validate, const std::string& metric, int64_t patience) {
  const std::vector<std::string>& known = ClassificationMetricNames();
  if (std::find(known.begin(), known.end(), metric) == known.end()) {
    throw UsageError("--validate-metric is '" + metric +
                     "'; expected a measure of probabilities, as log_loss or auc" +
                     DidYouMean(metric, known));
  }
  if (patience > 0 && validate <= 0) {
    throw UsageError("--patience waits for customers who are kept back; add --validate 0.2");
  }
}

KeptBack KeepBack(FeatureTable table, const FitOptions& options) {
  KeptBack parts;
  if (options.validate <= 0) {
    parts.train = std::move(table);
  } else {
    TableRows rows = HoldOut(table, options.validate, options.seed);
    parts.watched = SelectRows(table, rows.held_out);
    parts.train = SelectRows(table, rows.train);
    parts.unwatched = std::move(rows.train);
  }
  if (options.sample_negatives < 1) {
    parts.sampling.emplace();
    parts.train = SampleNegatives(std::move(parts.train), options.sample_negatives, options.seed,
                                  &*parts.sampling);
  }
  return parts;
}

TrainOutcome FitClassifier(const Classifier& classifier, const Backend& backend, KeptBack* parts,
                           const FitOptions& options, const StopFlag& stop, Progress& progress) {
  TrainerOptions trainer = options.trainer;
  FeatureTable weighed;
  std::optional<Model> start;
  if (parts->sampling) {
    if (parts->watched.rows > 0) weighed = WeighAsSampled(parts->watched, *parts->sampling);
    if (options.start != nullptr) {
      start = *options.start;
      AddLogOdds(-parts->sampling->log_odds, &*start);
    }
  }
  const FeatureTable& watched = parts->sampling ? weighed : parts->watched;
  const std::unique_ptr<Solver> solver =
      classifier.MakeSolver(backend, {std::move(parts->train), start ? &*start : options.start});
  if (watched.rows > 0) {
    ValidationSet validation;
    validation.metric = options.validate_metric;
    validation.table = &watched;
    solver->AttachValidation(validation);
    trainer.metric_name = options.validate_metric;
    trainer.smaller_is_better = SmallerIsBetter(options.validate_metric);
  }
  TrainOutcome outcome = Train(*solver, trainer, stop, progress);
  if (parts->sampling && outcome.model) AddLogOdds(parts->sampling->log_odds, &*outcome.model);
  return outcome;
}

std::optional<ScoredRows> CrossValidate(const Classifier& classifier, const Backend& backend,
                                        const FeatureTable& table, int folds, int repeat,
                                        const FitOptions& options, const StopFlag& stop,
                                        Progress& progress) {
  const std::vector<int32_t> fold_of = AssignFolds(table, folds, options.seed, repeat);
  ScoredRows scored;
  scored.label = table.label;
  scored.weight = table.weight;
  scored.fold = fold_of;
  scored.probability.resize(static_cast<size_t>(table.rows));
  for (int fold = 0; fold < folds; ++fold) {
    const TableRows rows = RowsOfFold(fold_of, fold);
    KeptBack parts = KeepBack(SelectRows(table, rows.train), options);
    const std::unique_ptr<Classifier> settled =
        classifier.Settled(parts.train, stop, SilentProgress());
    const TrainOutcome outcome = FitClassifier(settled ? *settled : classifier, backend, &parts,
                                               options, stop, SilentProgress());
    if (outcome.status == TrainStatus::kPreempted) return std::nullopt;
    if (outcome.status == TrainStatus::kDiverged) {
      throw Error(ExitCode::kDiverged,
                  "the loss is no longer finite in fold " + std::to_string(fold + 1) + " of " +
                      std::to_string(folds) + "; nothing was saved; try a stronger --l2");
    }
    const std::vector<double> probability =
        Probabilities(*outcome.model, SelectRows(table, rows.held_out));
    for (size_t i = 0; i < rows.held_out.size(); ++i) {
      scored.probability[static_cast<size_t>(rows.held_out[i])] = probability[i];
    }
    progress.Note("cross-validation " + std::to_string(repeat + 1) + ": fold " +
                  std::to_string(fold + 1) + " of " + std::to_string(folds) + ", kept epoch " +
                  std::to_string(outcome.best_epoch));
  }
  return scored;
}

ClassificationReport MeanReport(const std::vector<ClassificationReport>& reports) {
  ClassificationReport mean = reports.at(0);
  const auto count = static_cast<double>(reports.size());
  for (auto& [name, value] : mean.metrics) {
    value = {};
    for (const ClassificationReport& report : reports) {
      const MetricValue& one = report.metrics.at(name);
      value.mean += one.mean / count;
      value.low += one.low / count;
      value.high += one.high / count;
    }
  }
  return mean;
}

ScoredRows ScoreRows(const Model& model, const FeatureTable& table) {
  ScoredRows scored;
  scored.probability = Probabilities(model, table);
  scored.label = table.label;
  scored.weight = table.weight;
  return scored;
}

}  // namespace tidewright
