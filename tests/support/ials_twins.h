#ifndef TIDEWRIGHT_TESTS_SUPPORT_IALS_TWINS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_IALS_TWINS_H_

#include <cstdint>
#include <string>

#include "host/core/aligned.h"
#include "host/data/interactions.h"
#include "host/ials/ials.h"
#include "host/model/solver.h"

namespace tidewright {

// A configuration in which every option takes part.
IalsConfig TwinConfig(int64_t factors, const std::string& precision);

// Of any two elements, relative to the largest of `b`. What is no number differs by much.
double LargestDifference(const AlignedVector<float>& a, const AlignedVector<float>& b);

// Two epochs of `twin`, a new solver of this problem, and of the CPU: losses, factors and Gramian
// agree within the tolerances of its precision (tolerances.h).
void ExpectTwins(Solver& twin, const IalsConfig& config, const Interactions& data);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_IALS_TWINS_H_
