#ifndef TIDEWRIGHT_HOST_IALS_IALS_H_
#define TIDEWRIGHT_HOST_IALS_IALS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "host/core/aligned.h"
#include "host/core/config.h"
#include "host/data/interactions.h"
#include "host/model/model.h"
#include "host/model/solver.h"

namespace tidewright {

// Implicit alternating least squares with the whole objective of Rendle et al., "Revisiting the
// performance of iALS on item recommendation benchmarks" (arXiv 2110.14037, eq. 1-5) and the
// confidences of Hu, Koren and Volinsky (2008):
//
//   L(W, H) =  sum over observed (u,i)  c_ui (<w_u, h_i> - p_ui)^2
//            + alpha0 * sum over all (u,i)  <w_u, h_i>^2
//            + lambda * ( sum_u (n_u + alpha0 |I|)^nu |w_u|^2  +  sum_i (n_i + alpha0 |U|)^nu
//            |h_i|^2 )
//
// c_ui = 1 + alpha |v_ui|;  p_ui = 1 where v_ui > 0, 0 where v_ui < 0 (a dislike: no preference,
// with confidence); n_u, n_i: the observed entries of the row; |U|, |I|: the rows of each side.
//
// One epoch solves every user's row exactly with the items fixed, then every item's row with the
// users fixed:
//   A_u = alpha0 H^T H + sum_i c_ui h_i h_i^T + lambda_u I,   b_u = sum_i c_ui p_ui h_i,   w_u =
//   A_u^-1 b_u.
// The loss is free: with h_i optimal, its share of L is sum_u c p^2 - <b_i, h_i>; the users'
// regularization is added.
struct IalsConfig {
  int64_t factors = 64;
  int64_t epochs = 16;
  double regularization = 0.003;    // lambda
  double unobserved_weight = 0.1;   // alpha0
  double frequency_exponent = 1.0;  // nu
  double alpha = 0.0;       // confidence per unit of |value|; 0: every observation counts the same
  double init_scale = 0.1;  // initial factors ~ N(0, init_scale / sqrt(factors))
  int64_t seed = 1;
  std::string solver = "cholesky";
  int64_t cg_steps = 3;    // of conjugate gradients a row, where they are the solver
  int64_t block_size = 0;  // factors that iALS++ solves at once; 0: chosen from the dimension
  std::string precision =
      "tf32";  // of products on the GPU's tensor cores: tf32 or fp32; the CPU is always fp32
  // What factors are rounded to once their row is solved: fp32, bf16 or fp16; sums stay fp32. The
  // rounded numbers are all that is read afterwards: by the other half, a warm start, validation,
  // fold-in, checkpoints and the artifact, where they are float32 that 16 bits hold exactly.
  std::string storage = "fp32";
};
ConfigFields FieldsOf(IalsConfig& config);

// The block size in force: what is set, at most the factors, or the choice.
int64_t IalsBlockSize(const IalsConfig& config);

// Which solver "auto" stands for, and one line that says why: by these numbers alone, so that it is
// the same on every machine and after a restart.
struct IalsSolverChoice {
  std::string solver;
  std::string reason;
};
IalsSolverChoice ChooseIalsSolver(const IalsConfig& config, int64_t users, int64_t items,
                                  int64_t entries);
// Puts the choice in the place of "auto"; returns the reason, nothing where the solver was named.
std::string Settle(IalsConfig& config, int64_t users, int64_t items, int64_t entries);

// The CPU twin. `data` outlives the solver.
std::unique_ptr<Solver> MakeIalsCpu(const IalsConfig& config, const Interactions& data);

CostEstimate EstimateIalsCpu(const IalsConfig& config, int64_t users, int64_t items,
                             int64_t entries);

// Users the model has not seen: their factors, rows.rows x factors, from the model's items alone
// (the row solution above). Item ids of `rows` are the model's rows. Above 1024 factors by
// conjugate gradients until the residual is 1e-6 of b.
AlignedVector<float> FoldInUsers(const IalsConfig& config, const FactorModel& model,
                                 const CsrView& rows);

// The objective above, summed in double by definition, O(entries * factors): what tests compare
// with.
double IalsLoss(const IalsConfig& config, const Interactions& data, const FactorModel& model);

// N(0, init_scale / sqrt(factors)) by Box-Muller from Philox(seed, stream, index): the same on
// every twin.
AlignedVector<float> InitialFactors(const IalsConfig& config, int64_t rows, bool item_side);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_IALS_H_
