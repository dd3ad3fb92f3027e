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

// Rows sorted once within their fold, and once all together.
class FoldedRows {
 public:
  explicit FoldedRows(const ScoredRows& rows);

  int64_t row_count() const { return row_count_; }
  const SortedRows& pooled() const { return pooled_; }
  const std::vector<SortedRows>& folds() const { return folds_; }
  // Throws UsageError where no fold has rows of both classes.
  void RequireBothClasses() const;

  // The values of all measures, rows counted `counts` times (nullptr: once). Ranking measures are
  // the mean over the folds that have both classes; empty where none has. `scratch` is room
  // to work in.
  std::vector<double> Measure(const uint8_t* counts, const ClassificationMeasures& measures,
                              ScoreGroups* scratch) const;

 private:
  int64_t row_count_;
  SortedRows pooled_;
  std::vector<SortedRows> folds_;
};

// How often each row is drawn in one bootstrap sample: Poisson of mean 1 (Hanley and MacGibbon
// 2006), from Philox keyed by (seed, sample, row).
void DrawPoissonCounts(uint64_t seed, int64_t sample, std::vector<uint8_t>* counts);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_MEASURES_H_
