#ifndef TIDEWRIGHT_HOST_METRICS_COHORT_RATE_H_
#define TIDEWRIGHT_HOST_METRICS_COHORT_RATE_H_

#include <cstdint>
#include <vector>

namespace tidewright {

// The churn rate that probabilities add up to, and where the observed one should lie if they are
// right: `low` and `high` are the 2.5 % and 97.5 % quantiles over parametric bootstrap samples,
// each of which draws by its probability who of the cohort leaves (a Poisson-binomial). It says
// nothing of a model that is wrong.
struct CohortRate {
  double rows = 0;  // their weight
  double expected = 0;
  double low = 0;
  double high = 0;
};

// Sums of it, some rows at a time.
class CohortSums {
 public:
  // `weight`: empty where every row counts 1, of all rows alike.
  void Add(const std::vector<double>& probability, const std::vector<float>& weight);
  // Of more than 4096 rows a sample is one normal draw of the sum's mean and variance. Draws are
  // keyed by (seed, sample, row).
  CohortRate Rate(uint64_t seed, int samples = 1000) const;

 private:
  uint64_t count_ = 0;
  double weight_ = 0;
  double leaving_ = 0;
  double variance_ = 0;
  // The first rows, as long as all of them are drawn.
  std::vector<double> probabilities_;
  std::vector<double> weights_;
};

// Of rows that are all there.
CohortRate PredictCohortRate(const std::vector<double>& probability,
                             const std::vector<float>& weight, uint64_t seed, int samples = 1000);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_COHORT_RATE_H_
