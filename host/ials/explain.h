#ifndef TIDEWRIGHT_HOST_IALS_EXPLAIN_H_
#define TIDEWRIGHT_HOST_IALS_EXPLAIN_H_

#include <cstdint>
#include <vector>

#include "host/ials/ials.h"

namespace tidewright {

// What each entry of a user's row adds to the user's score of an item (Hu, Koren and Volinsky 2008,
// eq. 7, with A_u of ials.h):
//
//   score(u, i) = sum_j  h_i^T A_u^-1 h_j  c_uj p_uj
//
// items.size() x entries of the row; they sum up to the score of the user as FoldInUsers solves the
// row, and a dislike adds 0 by itself (it stands in A_u). In double, by conjugate gradients until
// the residual is 1e-12 of h_i: O(factors (factors + entries)) a step.
std::vector<double> IalsContributions(const IalsConfig& config, const FactorModel& model,
                                      const CsrView& rows, int64_t row,
                                      const std::vector<int32_t>& items);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_EXPLAIN_H_
