#ifndef TIDEWRIGHT_TESTS_SUPPORT_TOLERANCES_H_
#define TIDEWRIGHT_TESTS_SUPPORT_TOLERANCES_H_

#include "host/backend/tolerances.h"

namespace tidewright {

// Those of losses are in host/backend/tolerances.h, since benchmarks verify by them, too.
//
// How far the CUDA twin may be from the CPU twin, and why. Both solve the same systems in another
// order of sums; errors are relative to the largest factor of a table, after one or two epochs of
// matrices whose systems have a condition number of a hundred at most.

// fp32: a sum of n terms rounded to 24 bits errs by sqrt(n) * 6e-8 of its terms, about 1e-6 for the
// n of these tests; the condition and two half-epochs multiply that by a hundred at most.
inline constexpr double kFp32FactorTolerance = 2e-4;

// tf32: factors enter A with 10 mantissa bits, an error of at most 2^-11 each and 2^-10 a product,
// of no fixed sign, so that sums of many entries err by less. The condition multiplies the factors'
// error.
inline constexpr double kTf32FactorTolerance = 3e-2;

// bf16 and fp16 storage: where one twin's number lies just below the middle between two neighbours
// and the other's just above, they are rounded apart, by 2^-7 or 2^-10 of the number; what is
// solved from it follows by less. Two neighbours.
inline constexpr double kBf16FactorTolerance = 0x1p-6;
inline constexpr double kFp16FactorTolerance = 0x1p-9;

// A score is one sum of `factors` products in fp32 on either twin: 64 roundings of 6e-8 for
// numbers of about 1.
inline constexpr double kScoreTolerance = 1e-5;

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_TOLERANCES_H_
