#include "host/train/classifiers.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>
#include <variant>

#include "host/core/errors.h"
#include "host/gbdt/gbdt.h"
#include "host/logistic/logistic.h"
#include "host/logistic/logistic_core.h"
#include "host/logistic/path.h"
#include "host/model/classifier_file.h"
#include "host/train/require.h"

namespace tidewright {
namespace {

std::optional<GbdtConfig> SettledConfig(const GbdtConfig&, const FeatureTable&, const StopFlag&,
                                        Progress&) {
  return std::nullopt;
}

std::optional<LogisticConfig> SettledConfig(const LogisticConfig& config, const FeatureTable& train,
                                            const StopFlag& stop, Progress& progress) {
  const std::optional<PenaltyChoice> choice = ChoosePenalty(config, train, stop);
  if (!choice) return std::nullopt;
  const std::vector<PathPoint>& points = choice->path.points;
  const PathPoint& best = points[choice->path.best];
  const auto taken = std::find_if(points.begin(), points.end(), [&](const PathPoint& point) {
    return point.penalty == (config.path_penalty == "l1" ? choice->config.l1 : choice->config.l2);
  });
  char line[256];
  std::snprintf(line, sizeof(line),
                "--path: %s %.4g of %zu from %.4g to %.4g, held-out log loss %.4f with %.1f terms; "
                "the lowest is %.4f +- %.4f at %.4g",
                config.path_penalty.c_str(), taken->penalty, points.size(), points.front().penalty,
                points.back().penalty, taken->log_loss, taken->terms, best.log_loss,
                best.standard_error, best.penalty);
  progress.Note(line);
  return choice->config;
}

template <class Config, auto kMake, auto kEstimate>
class TableClassifier final : public Classifier {
 public:
  explicit TableClassifier(std::string name) : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  ConfigFields fields() override { return FieldsOf(config_); }
  std::unique_ptr<Classifier> Settled(const FeatureTable& train, const StopFlag& stop,
                                      Progress& progress) const override {
    const std::optional<Config> config = SettledConfig(config_, train, stop, progress);
    if (!config) return nullptr;
    auto settled = std::make_unique<TableClassifier>(name_);
    settled->config_ = *config;
    return settled;
  }
  std::unique_ptr<Solver> MakeSolver(const Backend& backend, TableProblem problem) const override {
    return Require(backend.*kMake, backend, name_)(config_, std::move(problem));
  }
  CostEstimate Estimate(const Backend& backend, int64_t rows, int64_t columns) const override {
    return Require(backend.*kEstimate, backend, name_)(config_, rows, columns);
  }

 private:
  std::string name_;
  Config config_;
};

std::unique_ptr<Classifier> MakeGbdt() {
  return std::make_unique<
      TableClassifier<GbdtConfig, &Backend::make_gbdt, &Backend::estimate_gbdt>>("gbdt");
}

std::unique_ptr<Classifier> MakeLogistic() {
  return std::make_unique<
      TableClassifier<LogisticConfig, &Backend::make_logistic, &Backend::estimate_logistic>>(
      "logistic");
}

std::vector<double> MarginsOf(const FactorModel&, const FeatureTable&) {
  throw UsageError("a recommender has no probabilities of a table's rows");
}

std::vector<double> MarginsOf(const BgnbdModel&, const FeatureTable&) {
  throw UsageError("BG/NBD reads no table, but an event log");
}

std::vector<double> MarginsOf(const HazardModel&, const FeatureTable&) {
  throw UsageError("a hazard model has a probability for each of its periods, not one of a row");
}

std::vector<double> MarginsOf(const TreeEnsemble& model, const FeatureTable& table) {
  const std::vector<float> margins = TreeMargins(model, table);
  return {margins.begin(), margins.end()};
}

std::vector<double> MarginsOf(const LinearModel& model, const FeatureTable& table) {
  return LinearMargins(model, table);
}

}  // namespace

const std::vector<ClassifierEntry>& Classifiers() {
  static const std::vector<ClassifierEntry> table = {
      {"gbdt", "gradient-boosted trees (probability of a yes-or-no label)", kTreeKind, MakeGbdt},
      {"logistic", "logistic regression (probability of a yes-or-no label)", kLinearKind,
       MakeLogistic},
  };
  return table;
}

std::vector<double> Margins(const Model& model, const FeatureTable& table) {
  return std::visit([&](const auto& m) { return MarginsOf(m, table); }, model);
}

std::vector<double> Probabilities(const Model& model, const FeatureTable& table) {
  std::vector<double> values = Margins(model, table);
  for (double& value : values) value = ProbabilityOf(value);
  return values;
}

}  // namespace tidewright
