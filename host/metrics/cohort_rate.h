#ifndef TIDEWRIGHT_HOST_METRICS_COHORT_RATE_H_
#define TIDEWRIGHT_HOST_METRICS_COHORT_RATE_H_

#include <cstdint>
#include <vector>

namespace tidewright {

// The churn rate that probabilities add up to, and where the observed one should lie if they are
// right: `low` and `high` are the 2.5 % and 97.5 % quantiles over bootstrap samples. A sample draws
// the cohort anew (each row Poisson(1) times) and then, by its probability, who of it leaves (a
// Poisson-binomial). It says nothing of a model that is wrong.
struct CohortRate {
  double rows = 0;  // their weight
  double expected = 0;
  double low = 0;
  double high = 0;
};

// `weight`: empty where every row counts 1. A row then leaves Poisson(p) times and stays Poisson(1
// - p) times, independently, so that a sample is two draws: Poissons of the sums (of unequal
// weights, scaled ones of the same mean and variance), keyed by (seed, sample).
CohortRate PredictCohortRate(const std::vector<double>& probability,
                             const std::vector<float>& weight, uint64_t seed, int samples = 1000);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_COHORT_RATE_H_
