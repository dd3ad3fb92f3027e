#ifndef TIDEWRIGHT_TESTS_SUPPORT_IALS_REFERENCE_H_
#define TIDEWRIGHT_TESTS_SUPPORT_IALS_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "host/data/interactions.h"
#include "host/ials/ials.h"

namespace tidewright {

// The objective of ials.h solved in float64 with dense Gaussian elimination, straight from the
// formulas and sharing nothing with the solvers but the initial factors.
struct IalsReference {
  int64_t factors = 0;
  std::vector<double> user_factors;
  std::vector<double> item_factors;

  IalsReference(const IalsConfig& config, const Interactions& data);
  void RunEpoch(const IalsConfig& config, const Interactions& data);
};

// x = A^-1 b with partial pivoting; a is n x n, row-major.
std::vector<double> SolveDense(std::vector<double> a, std::vector<double> b);

// Every row's solution with the other side fixed: rows.rows x factors.
std::vector<double> SolveRowsDense(const IalsConfig& config, const CsrView& rows,
                                   const std::vector<double>& fixed);

// A random signed matrix: about `density` of the entries, a fifth of them dislikes; every seventh
// row is empty.
Interactions RandomInteractions(int64_t users, int64_t items, double density, uint64_t seed);

// The model of a CPU solver after so many epochs.
FactorModel Trained(const IalsConfig& config, const Interactions& data, int epochs);

// Of any two elements, relative to the largest of `b`.
double LargestDifference(const AlignedVector<float>& a, const std::vector<double>& b);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_IALS_REFERENCE_H_
