#include "host/metrics/classification_measures.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>

#include "host/core/errors.h"

namespace tidewright {
namespace {

std::vector<int64_t> AllRows(const ScoredRows& rows) {
  std::vector<int64_t> all(rows.probability.size());
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

[[noreturn]] void Refuse(size_t row, const char* what, double value, const char* expected) {
  throw UsageError("row " + std::to_string(row) + " to evaluate: " + what + " " +
                   std::to_string(value) + "; expected " + expected);
}

}  // namespace

std::string BudgetName(const std::string& measure, double budget) {
  char text[64];
  std::snprintf(text, sizeof(text), "%s@%g%%", measure.c_str(), 100 * budget);
  return text;
}

void CheckScoredRows(const ScoredRows& rows) {
  const size_t count = rows.probability.size();
  if (count == 0) throw UsageError("no rows to evaluate");
  if (rows.label.size() != count || (!rows.weight.empty() && rows.weight.size() != count) ||
      (!rows.fold.empty() && rows.fold.size() != count)) {
    throw UsageError("probabilities, labels, weights and folds to evaluate differ in their number");
  }
  double weight = 0;
  for (size_t row = 0; row < count; ++row) {
    const double p = rows.probability[row];
    if (!(p >= 0 && p <= 1)) Refuse(row, "probability", p, "a number from 0 to 1");
    const float label = rows.label[row];
    if (label != 0.0f && label != 1.0f) Refuse(row, "label", label, "0 or 1");
    const float w = rows.weight.empty() ? 1.0f : rows.weight[row];
    if (!(w >= 0 && std::isfinite(w))) Refuse(row, "weight", w, "a finite number of at least 0");
    if (!rows.fold.empty() && rows.fold[row] < 0) {
      Refuse(row, "fold", rows.fold[row], "0 or more");
    }
    weight += w;
  }
  if (weight == 0) throw UsageError("no row to evaluate has a weight above 0");
}

double TrialsAUnitOfWeight(const ScoredRows& rows) {
  if (rows.weight.empty()) return 1;
  double sum = 0;
  double squares = 0;
  for (const double weight : rows.weight) {
    sum += weight;
    squares += weight * weight;
  }
  return sum / squares;
}

double BudgetOf(const std::string& metric) {
  const std::string text = metric.substr(metric.find('@') + 1);
  char* end = nullptr;
  const double percent = std::strtod(text.c_str(), &end);
  if (text.empty() || end == text.c_str() || std::string(end) != "%") {
    throw UsageError("metric '" + metric + "': expected a budget in percent, as in lift@10%");
  }
  return percent / 100;
}

ClassificationMeasures::ClassificationMeasures(const ClassificationOptions& options)
    : options_(options), names_{"auc", "pr_auc", "empc"} {
  for (const char* measure : {"lift", "precision", "recall"}) {
    for (const double budget : options.budgets) names_.push_back(BudgetName(measure, budget));
  }
  ranking_ = static_cast<int64_t>(names_.size());
  for (const char* measure : {"log_loss", "brier", "ece", "base_rate", "mean_probability"}) {
    names_.push_back(measure);
  }
}

void ClassificationMeasures::AddRanking(const ScoreGroups& groups, double* sums) const {
  *sums++ += AreaUnderRoc(groups);
  *sums++ += AveragePrecision(groups);
  *sums++ += ExpectedMaximumProfit(groups, options_.profit).profit;
  const double base_rate = BaseRate(groups);
  const size_t budgets = options_.budgets.size();
  for (size_t b = 0; b < budgets; ++b) {
    const double lift = RecallAt(groups, options_.budgets[b]) / options_.budgets[b];
    sums[b] += lift;
    sums[budgets + b] += lift * base_rate;
    sums[2 * budgets + b] += lift * options_.budgets[b];
  }
}

void ClassificationMeasures::SetPooled(const ScoreGroups& groups, double* values) const {
  *values++ = LogLoss(groups);
  *values++ = BrierScore(groups);
  *values++ = CalibrationError(CalibrationTable(groups, options_.calibration_bins, 1));
  *values++ = BaseRate(groups);
  *values++ = MeanProbability(groups);
}

FoldedGroups GroupFolds(const ScoredRows& rows) {
  std::map<int32_t, std::vector<int64_t>> rows_of;
  for (size_t row = 0; row < rows.fold.size(); ++row) {
    rows_of[rows.fold[row]].push_back(static_cast<int64_t>(row));
  }
  if (rows_of.size() <= 1) rows_of = {{0, AllRows(rows)}};
  FoldedGroups groups;
  bool both = false;
  for (const auto& [fold, chosen] : rows_of) {
    groups.squares.emplace_back();
    groups.folds.push_back(GroupRows(rows, chosen, &groups.squares.back()));
    both = both || HasBothClasses(groups.folds.back());
  }
  if (!both) {
    throw UsageError(
        "ranking measures need rows of both classes, with a weight above 0, in at least one fold; "
        "here every row is of one class");
  }
  groups.pooled = groups.folds.size() == 1 ? groups.folds[0] : GroupRows(rows, AllRows(rows));
  return groups;
}

std::vector<double> Measure(const ClassificationMeasures& measures,
                            const std::vector<ScoreGroups>& folds, const ScoreGroups& pooled) {
  std::vector<double> values(measures.names().size(), 0.0);
  int64_t judged = 0;
  for (const ScoreGroups& fold : folds) {
    if (!HasBothClasses(fold)) continue;
    measures.AddRanking(fold, values.data());
    ++judged;
  }
  if (judged == 0) return {};
  for (int64_t m = 0; m < measures.ranking(); ++m) values[m] /= static_cast<double>(judged);
  measures.SetPooled(pooled, values.data() + measures.ranking());
  return values;
}

}  // namespace tidewright
