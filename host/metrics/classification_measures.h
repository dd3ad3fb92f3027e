#ifndef TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_MEASURES_H_
#define TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_MEASURES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/metrics/classification.h"
#include "host/metrics/score_groups.h"

namespace tidewright {

// Throws UsageError naming the first row where a probability, label, weight or fold is none, or
// where the columns are not of one length.
void CheckScoredRows(const ScoredRows& rows);

// How many unweighted rows tell as much as one unit of weight: sum w / sum w^2 (Kish 1965).
double TrialsAUnitOfWeight(const ScoredRows& rows);

// "lift@5%" of lift and 0.05.
std::string BudgetName(const std::string& measure, double budget);

// 0.05 of "lift@5%"; throws UsageError where there is no number.
double BudgetOf(const std::string& metric);

// Which measures there are for a set of options, and their values of one set of groups.
class ClassificationMeasures {
 public:
  explicit ClassificationMeasures(const ClassificationOptions& options);

  // Ranking measures first, then pooled ones.
  const std::vector<std::string>& names() const { return names_; }
  int64_t ranking() const { return ranking_; }
  void AddRanking(const ScoreGroups& groups, double* sums) const;
  void SetPooled(const ScoreGroups& groups, double* values) const;

 private:
  ClassificationOptions options_;
  std::vector<std::string> names_;
  int64_t ranking_ = 0;
};

// The groups of all rows, and of the rows of each fold.
struct FoldedGroups {
  ScoreGroups pooled;
  std::vector<ScoreGroups> folds;  // of equal order as `squares`
  std::vector<ScoreGroups> squares;
};

// Throws UsageError where no fold has rows of both classes.
FoldedGroups GroupFolds(const ScoredRows& rows);

// The values of all measures. Ranking measures are the mean over the folds that have both classes;
// empty where none has.
std::vector<double> Measure(const ClassificationMeasures& measures,
                            const std::vector<ScoreGroups>& folds, const ScoreGroups& pooled);

// The measures' 95 % intervals around `values`, from `samples` bootstrap samples.
std::vector<MetricValue> BootstrapIntervals(const ClassificationMeasures& measures,
                                            const FoldedGroups& groups,
                                            const std::vector<double>& values, int samples,
                                            uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_MEASURES_H_
