#ifndef TIDEWRIGHT_TESTS_SUPPORT_IALS_ITERATIONS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_IALS_ITERATIONS_H_

#include <cstdint>
#include <vector>

#include "host/data/interactions.h"
#include "host/ials/ials.h"

namespace tidewright {

// What the iterative solvers of ials.h do to the rows of a half, in float64 with the matrix of
// every row formed: `start` are the rows' factors before it, rows.rows x factors, and so is what is
// returned.
std::vector<double> ConjugateGradientsDense(const IalsConfig& config, const CsrView& rows,
                                            const std::vector<double>& fixed,
                                            std::vector<double> start, int64_t steps);

// One pass over the blocks of `block` factors, each solved exactly with the others as they are.
std::vector<double> BlockSweepDense(const IalsConfig& config, const CsrView& rows,
                                    const std::vector<double>& fixed, std::vector<double> start,
                                    int64_t block);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_IALS_ITERATIONS_H_
