#include "host/train/classifier_evaluate_job.h"

#include <algorithm>
#include <utility>

#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/core/time.h"
#include "host/model/artifact.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"
#include "host/train/warm_start.h"

namespace tidewright {
namespace {

void WarnOfTrainingData(const Manifest& manifest, const ClassifierEvaluateRequest& request,
                        Progress& progress) {
  const std::optional<int64_t> end = LabelsEnd(manifest);
  if (request.at.empty() || !end) {
    progress.Warn(request.data +
                  " is what the model was trained on: what follows is too good; judge it by "
                  "another table, or train with --cross-validate");
    return;
  }
  progress.Warn("the model was trained on what customers of " + request.data + " did up to " +
                FormatTime(*end) + ", which is after --at " + request.at +
                ": what follows is too good; judge it from then on, by a later cutoff of "
                "--cutoffs, or train with --cross-validate");
}

}  // namespace

std::vector<double> BudgetsOf(const ClassifierEvaluateRequest& request) {
  std::vector<double> budgets;
  const auto add = [&](double budget) {
    if (std::find(budgets.begin(), budgets.end(), budget) == budgets.end()) {
      budgets.push_back(budget);
    }
  };
  for (const std::string& part : SplitAtCommas(request.budgets)) {
    const std::optional<double> budget = CustomerShareOf("lift@" + part + "%");
    if (!budget) {
      throw UsageError("--budget has '" + part +
                       "'; expected percents of the customers, as in 5,10,20");
    }
    add(*budget);
  }
  for (const Requirement& requirement : request.requirements) {
    if (!IsClassificationMetric(requirement.metric)) {
      throw UsageError("--require '" + requirement.text + "': " + requirement.metric + " judges " +
                       (IsSurvivalMetric(requirement.metric) ? "hazard models" : "recommenders") +
                       "; a classifier has auc, pr_auc, log_loss, brier, ece, "
                       "empc, lift@10%, precision@10%, recall@10%");
    }
    if (const auto budget = CustomerShareOf(requirement.metric)) add(*budget);
  }
  std::sort(budgets.begin(), budgets.end());
  return budgets;
}

ConfigFields FieldsOf(ClassifierEvaluateRequest& request) {
  return {
      {"at", &request.at, "a churn model from an event log: judge it as of this date", 0, 0, {}},
      {"by",
       &request.by,
       "a churn model: judge groups of customers, too: cohort (month of the first event), tenure, "
       "or "
       "columns, with commas",
       0,
       0,
       {}},
      {"budget",
       &request.budgets,
       "a churn model: percents of the customers that can be contacted",
       0,
       0,
       {}},
      {"permutations",
       &request.permutations,
       "a churn model: shuffle each column so many times and say what it is worth",
       0,
       1000,
       {}}};
}

ClassifierEvaluateReport RunClassifierEvaluateJob(const ClassifierEvaluateRequest& request,
                                                  Progress& progress) {
  ClassifierEvaluateRequest checked = request;
  CheckFields(FieldsOf(checked), "evaluate");
  ClassificationOptions options;
  options.budgets = BudgetsOf(request);
  const Artifact artifact = LoadArtifact(request.artifact);
  options.seed = artifact.manifest.seed;
  bool trained_on = false;
  std::vector<Segmentation> segments;
  FeatureTable table =
      ReadMatched(artifact, request.artifact,
                  {request.data, request.at, true, SplitAtCommas(request.by), &segments},
                  &trained_on, progress);
  CheckLabelled(table);
  ClassifierEvaluateReport report;
  report.algorithm = artifact.manifest.algorithm;
  report.label_name = table.label_name;
  report.on_training_data = trained_on;
  if (trained_on) WarnOfTrainingData(artifact.manifest, request, progress);
  const ScoredRows scored = ScoreRows(artifact, table);
  report.model = EvaluateClassification(scored, options);
  report.cohort = PredictCohortRate(scored.probability, scored.weight, options.seed);
  report.drift = DriftOf(artifact, table, progress);
  report.groups = JudgeSegments(scored, segments);
  if (request.permutations > 0) {
    report.importance = PermuteColumns(artifact, std::move(table),
                                       static_cast<int>(request.permutations), options.seed);
    std::stable_sort(report.importance.begin(), report.importance.end(),
                     [](const PermutationImportance& a, const PermutationImportance& b) {
                       return a.log_loss_rise > b.log_loss_rise;
                     });
  }
  for (const Requirement& requirement : request.requirements) {
    const double value = report.model.metrics.at(requirement.metric).mean;
    if (!Holds(requirement, value)) report.unmet.push_back(UnmetText(requirement, value));
  }
  return report;
}

}  // namespace tidewright
