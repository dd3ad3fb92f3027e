#include "host/train/classifiers.h"

#include <utility>
#include <variant>

#include "host/core/errors.h"
#include "host/gbdt/gbdt.h"
#include "host/logistic/logistic.h"
#include "host/logistic/logistic_core.h"
#include "host/model/classifier_file.h"

namespace tidewright {
namespace {

template <class Config, auto kMake, auto kEstimate>
class TableClassifier final : public Classifier {
 public:
  explicit TableClassifier(std::string name) : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  ConfigFields fields() override { return FieldsOf(config_); }
  std::unique_ptr<Solver> MakeSolver(const Backend& backend, TableProblem problem) const override {
    return Require(backend.*kMake, backend)(config_, std::move(problem));
  }
  CostEstimate Estimate(const Backend& backend, int64_t rows, int64_t columns) const override {
    return Require(backend.*kEstimate, backend)(config_, rows, columns);
  }

 private:
  template <class Function>
  Function Require(Function function, const Backend& backend) const {
    if (function == nullptr) {
      throw DeviceError(backend.name + " does not have " + name_ + "; use --device cpu");
    }
    return function;
  }

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
