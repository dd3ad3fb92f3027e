#include "host/ials/ials.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/ials/ials_core.h"
#include "host/ials/row_solver.h"
#include "host/linalg/packed.h"

namespace tidewright {

ConfigFields FieldsOf(IalsConfig& config) {
  return {
      {"factors", &config.factors, "latent dimensions", 1, 8192, {}},
      {"epochs", &config.epochs, "passes over users and items", 1, 100000, {}},
      {"regularization",
       &config.regularization,
       "weight of the squared factors (lambda)",
       0,
       1e6,
       {}},
      {"unobserved-weight",
       &config.unobserved_weight,
       "weight of every pair, seen or not (alpha0)",
       0,
       1e6,
       {}},
      {"frequency-exponent",
       &config.frequency_exponent,
       "how regularization grows with a row's entries (nu): 0 not at all, 1 in proportion",
       0,
       2,
       {}},
      {"alpha", &config.alpha, "extra confidence per unit of |value|", 0, 1e6, {}},
      {"init-scale",
       &config.init_scale,
       "initial factors are drawn from N(0, init-scale / sqrt(factors))",
       0,
       1e3,
       {}},
      {"seed", &config.seed, "of every random draw", 0, 9007199254740991.0, {}},
      {"solver", &config.solver, "how a row is solved", 0, 0, {"cholesky", "cg", "ialspp", "auto"}},
      {"cg-steps",
       &config.cg_steps,
       "steps a row of solver cg, which goes on from the row's factors",
       1,
       100,
       {}},
      {"block-size",
       &config.block_size,
       "factors that solver ialspp solves at once; 0: chosen from the dimension",
       0,
       8192,
       {}},
      {"precision",
       &config.precision,
       "of products on a GPU; the CPU is always fp32",
       0,
       0,
       {"tf32", "fp32"}},
      {"storage",
       &config.storage,
       "what solved factors are rounded to; sums stay fp32",
       0,
       0,
       {"fp32", "bf16", "fp16"}},
  };
}

AlignedVector<float> InitialFactors(const IalsConfig& config, int64_t rows, bool item_side) {
  const uint64_t stream =
      static_cast<uint64_t>(item_side ? RandomStream::kItemFactors : RandomStream::kUserFactors);
  const double scale = config.init_scale / std::sqrt(static_cast<double>(config.factors));
  const int64_t count = rows * config.factors;
  AlignedVector<float> factors(static_cast<size_t>(count));
  ParallelRanges((count + 3) / 4, 4096, [&](int64_t begin, int64_t end, int) {
    for (int64_t group = begin; group < end; ++group) {
      const PhiloxDraw draw =
          Philox(static_cast<uint64_t>(config.seed), stream, static_cast<uint64_t>(group));
      for (int pair = 0; pair < 2; ++pair) {
        // Box-Muller: two uniforms make two independent normals.
        const double radius =
            std::sqrt(-2.0 * std::log(static_cast<double>(UniformFloat(draw.word[2 * pair]))));
        const double angle =
            6.283185307179586 * static_cast<double>(UniformFloat(draw.word[2 * pair + 1]));
        const int64_t at = group * 4 + pair * 2;
        if (at < count) factors[at] = static_cast<float>(scale * radius * std::cos(angle));
        if (at + 1 < count) factors[at + 1] = static_cast<float>(scale * radius * std::sin(angle));
      }
    }
  });
  return factors;
}

namespace {

// A matrix a row is too much beyond; the steps end where the residual is small enough. By the
// factors alone, so that a user's vector does not depend on the solver that trained.
constexpr int64_t kLargestDirectFoldIn = 1024;
constexpr int64_t kFoldInSteps = 500;

}  // namespace

AlignedVector<float> FoldInUsers(const IalsConfig& config, const FactorModel& model,
                                 const CsrView& rows) {
  const int64_t f = model.factors;
  AlignedVector<float> base(static_cast<size_t>(PackedFloats(f)), 0.0f);
  for (int64_t row = 0; row < f; ++row) {
    for (int64_t column = row; column < f; ++column) {
      base[PackedIndex(row, column)] =
          static_cast<float>(config.unobserved_weight) * model.item_gramian[row * f + column];
    }
  }
  AlignedVector<float> users(static_cast<size_t>(rows.rows * f), 0.0f);
  const IalsRowProblem problem{ScalarsOf(config), rows, model.item_factors.data(), f, base.data()};
  if (f > kLargestDirectFoldIn) {
    const std::unique_ptr<IalsHalfSolver> solver = MakeCgHalfSolver(kFoldInSteps);
    solver->Begin(problem);
    ParallelRanges(rows.rows, kIalsBlockRows, [&](int64_t begin, int64_t end, int thread) {
      solver->Solve(begin, end, thread, users.data() + begin * f);
    });
    return users;
  }
  ParallelRanges(rows.rows, kIalsBlockRows, [&](int64_t begin, int64_t end, int) {
    IalsRowSolver solver(f);
    for (int64_t row = begin; row < end; ++row) {
      const GatherAhead next =
          row + 1 < rows.rows ? IalsRowSolver::GatherOf(problem, row + 1) : GatherAhead{};
      solver.Solve(problem, row, next, users.data() + row * f);
    }
  });
  return users;
}

double IalsLoss(const IalsConfig& config, const Interactions& data, const FactorModel& model) {
  const IalsScalars scalars = ScalarsOf(config);
  const int64_t f = model.factors;
  const auto dot = [f](const float* a, const float* b) {
    double sum = 0;
    for (int64_t k = 0; k < f; ++k) sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    return sum;
  };
  const auto side = [&](const Csr& rows, const AlignedVector<float>& factors) {
    double sum = 0;
    for (int64_t row = 0; row < rows.rows; ++row) {
      const float* x = factors.data() + row * f;
      sum += static_cast<double>(IalsRowRegularization(scalars, rows.RowLength(row), rows.cols)) *
             dot(x, x);
    }
    return sum;
  };
  double loss = side(data.by_user, model.user_factors) + side(data.by_item, model.item_factors);
  for (int64_t user = 0; user < data.by_user.rows; ++user) {
    const float* w = model.user_factors.data() + user * f;
    for (int64_t k = data.by_user.offsets[user]; k < data.by_user.offsets[user + 1]; ++k) {
      const float value = data.by_user.values[k];
      const double error =
          dot(w, model.item_factors.data() + static_cast<int64_t>(data.by_user.ids[k]) * f) -
          static_cast<double>(IalsPreference(value));
      loss += static_cast<double>(IalsConfidence(scalars, value)) * error * error;
    }
  }
  // sum over all pairs of <w, h>^2 = <W^T W, H^T H>.
  std::vector<double> user_gramian(static_cast<size_t>(f * f), 0.0);
  std::vector<double> item_gramian(static_cast<size_t>(f * f), 0.0);
  const auto accumulate = [f](const AlignedVector<float>& factors, std::vector<double>* gramian) {
    for (size_t row = 0; row < factors.size(); row += static_cast<size_t>(f)) {
      for (int64_t i = 0; i < f; ++i) {
        for (int64_t j = 0; j < f; ++j) {
          (*gramian)[i * f + j] += static_cast<double>(factors[row + i]) * factors[row + j];
        }
      }
    }
  };
  accumulate(model.user_factors, &user_gramian);
  accumulate(model.item_factors, &item_gramian);
  double all = 0;
  for (size_t i = 0; i < user_gramian.size(); ++i) all += user_gramian[i] * item_gramian[i];
  return loss + config.unobserved_weight * all;
}

}  // namespace tidewright
