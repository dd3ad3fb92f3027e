#ifndef TIDEWRIGHT_HOST_BACKEND_TOLERANCES_H_
#define TIDEWRIGHT_HOST_BACKEND_TOLERANCES_H_

namespace tidewright {

// How far a loss may be from that of the CPU twin, or from the objective of the solver's own model,
// relative, and why.

// fp32: a sum of n terms rounded to 24 bits errs by sqrt(n) * 6e-8 of its terms, about 1e-6 for
// rows of a few hundred entries; the systems' condition and two half-epochs multiply that.
inline constexpr double kFp32LossTolerance = 1e-5;

// tf32: factors enter A with 10 mantissa bits, an error of at most 2^-11 each and 2^-10 a product,
// of no fixed sign, so that sums of many entries err by less. The loss, being at its minimum, moves
// with A itself: by 2^-10 of <x, A x> at most.
inline constexpr double kTf32LossTolerance = 2e-3;

// bf16 and fp16 storage: the reported loss is that of the rows as they were solved, the model holds
// them rounded. At the minimum of a row an error e of its numbers, 2^-8 of them in bf16 and 2^-11
// in fp16 at most and of no fixed sign, moves the loss by e^T A e alone: 2^-16 or 2^-22 of <x, A x>
// times the part of A's condition that random signs meet, about ten.
inline constexpr double kBf16LossTolerance = 1e-4;
inline constexpr double kFp16LossTolerance = 1e-5;

// Logistic regression adds the same doubles in another order on a GPU; at the tolerance of training
// the coefficients differ by the gradient that is left over the smallest curvature. Of coefficients
// and of losses, absolute.
inline constexpr double kLogisticTolerance = 1e-5;

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BACKEND_TOLERANCES_H_
