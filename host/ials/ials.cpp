#include "host/ials/ials.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/ials/dual_rows.h"
#include "host/ials/ials_core.h"
#include "host/ials/row_solver.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"

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
      {"solver", &config.solver, "how a row is solved", 0, 0, {"cholesky", "cg", "ialspp"}},
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
  };
}

int64_t IalsBlockSize(const IalsConfig& config) {
  const int64_t block = config.block_size > 0 ? config.block_size : 128;
  return std::min(block, config.factors);
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
  AlignedVector<float> users(static_cast<size_t>(rows.rows * f));
  const IalsRowProblem problem{ScalarsOf(config), rows, model.item_factors.data(), f, base.data()};
  ParallelRanges(rows.rows, kIalsBlockRows, [&](int64_t begin, int64_t end, int) {
    IalsRowSolver solver(f);
    for (int64_t row = begin; row < end; ++row) {
      solver.Solve(problem, row, users.data() + row * f);
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

CostEstimate EstimateIalsCpu(const IalsConfig& config, int64_t users, int64_t items,
                             int64_t entries) {
  const int64_t f = config.factors;
  const double rows = static_cast<double>(users + items);
  const double d = static_cast<double>(f);
  const double z = static_cast<double>(entries);
  CostEstimate estimate;
  const int64_t matrix_bytes = 2 * entries * 8 + (users + items + 2) * 8;
  const int64_t thread_bytes =
      4 * (2 * PackedFloats(f) + PanelFloats(f) + 4 * kTile * TilesOf(f) + RowPanelFloats(f, f));
  estimate.host_bytes = matrix_bytes + 4 * (users + items) * f + NumThreads() * thread_bytes +
                        17 * 4 * PackedFloats(f) + DualRows::SharedBytes(std::max(users, items), f);
  estimate.Add({"gramian", rows * d * (d + 1), rows * 4 * d});
  double gather = 0;
  double solve = 0;
  double rotate = 0;
  for (const int64_t count : {users, items}) {
    // As if all rows of a side had the same length: their lengths are not known here.
    const double c = static_cast<double>(count);
    const double n = count == 0 ? 0.0 : z / c;
    const bool dual = DualRows::Takes(static_cast<int64_t>(n), f);
    gather += c * (dual ? n * (n + 1) * d : n * d * (d + 1));
    solve += c * (dual ? n * n * n / 3 + 2 * n * n + 2 * n * d : d * d * d / 3 + 2 * d * d);
    rotate += dual ? 2 * rows * d * d : 0;
  }
  if (rotate > 0) estimate.Add({"rotate", rotate, 2 * rows * 8 * d});
  estimate.Add({"gather", gather, 2 * z * (4 * d + 8)});
  estimate.Add({"solve", solve, rows * 4 * d});
  return estimate;
}

}  // namespace tidewright
