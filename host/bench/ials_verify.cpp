#include "host/bench/ials_verify.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/backend/tolerances.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/synthetic.h"
#include "host/ials/half_solver.h"
#include "host/ials/ials_core.h"
#include "host/linalg/dense.h"

namespace tidewright {
namespace {

constexpr int64_t kRowsPerBlock = 256;
constexpr int64_t kSampledRows = 32;
// x^T A x and b^T x are equal where conjugate gradients began at nothing, and nearly so after a
// sweep over blocks; before any step they have nothing to do with each other.
constexpr double kBalance = 0.5;

struct Allowance {
  double loss;
  double
      equations;  // |A x - b| over max |b|: A's own rounding, times what is left of its condition
};

Allowance AllowanceOf(const Backend& backend, const IalsConfig& config) {
  const bool fp32 = backend.name == CpuBackend().name || config.precision == "fp32";
  Allowance allowance =
      fp32 ? Allowance{kFp32LossTolerance, 1e-3} : Allowance{kTf32LossTolerance, 1e-2};
  if (config.storage == "bf16") allowance.loss += kBf16LossTolerance;
  if (config.storage == "fp16") allowance.loss += kFp16LossTolerance;
  return allowance;
}

double Dot(const float* a, const float* b, int64_t n) {
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
  return sum;
}

// The sum of row(r) over all rows, the same for any number of threads.
template <class Row>
double SumOverRows(int64_t rows, const Row& row) {
  std::vector<double> blocks(static_cast<size_t>((rows + kRowsPerBlock - 1) / kRowsPerBlock));
  ParallelRanges(rows, kRowsPerBlock, [&](int64_t begin, int64_t end, int) {
    double sum = 0;
    for (int64_t r = begin; r < end; ++r) sum += row(r);
    blocks[static_cast<size_t>(begin / kRowsPerBlock)] = sum;
  });
  double total = 0;
  for (const double sum : blocks) total += sum;
  return total;
}

std::vector<float> GramianOf(const AlignedVector<float>& factors, int64_t f) {
  std::vector<float> gramian(static_cast<size_t>(f * f));
  Gramian(factors.data(), static_cast<int64_t>(factors.size()) / f, f, gramian.data());
  return gramian;
}

double Objective(const IalsConfig& config, const Interactions& data, const FactorModel& model,
                 const std::vector<float>& user_gramian) {
  const IalsScalars scalars = ScalarsOf(config);
  const int64_t f = model.factors;
  const auto penalty = [&](const Csr& rows, const float* factors, int64_t row) {
    const float* x = factors + row * f;
    return static_cast<double>(IalsRowRegularization(scalars, rows.RowLength(row), rows.cols)) *
           Dot(x, x, f);
  };
  const float* items = model.item_factors.data();
  const double by_user = SumOverRows(data.by_user.rows, [&](int64_t user) {
    double sum = penalty(data.by_user, model.user_factors.data(), user);
    const float* w = model.user_factors.data() + user * f;
    for (int64_t k = data.by_user.offsets[user]; k < data.by_user.offsets[user + 1]; ++k) {
      const float value = data.by_user.values[k];
      const double error = Dot(w, items + static_cast<int64_t>(data.by_user.ids[k]) * f, f) -
                           static_cast<double>(IalsPreference(value));
      sum += static_cast<double>(IalsConfidence(scalars, value)) * error * error;
    }
    return sum;
  });
  const double by_item = SumOverRows(
      data.by_item.rows, [&](int64_t item) { return penalty(data.by_item, items, item); });
  // The sum over all pairs of <w, h>^2 is <W^T W, H^T H>.
  const std::vector<float> item_gramian = GramianOf(model.item_factors, f);
  const double all = Dot(user_gramian.data(), item_gramian.data(), f * f);
  return by_user + by_item + config.unobserved_weight * all;
}

// What an item's row x says of its equations A x = b, from the definition (host/ials/ials.h).
struct RowEquations {
  double residual = 0;  // |A x - b| over max |b|
  double left = 0;      // x^T A x
  double right = 0;     // b^T x
};

RowEquations EquationsOf(const IalsConfig& config, const Csr& rows, const FactorModel& model,
                         const std::vector<float>& user_gramian, int64_t item) {
  const IalsScalars scalars = ScalarsOf(config);
  const int64_t f = model.factors;
  const float* x = model.item_factors.data() + item * f;
  const double lambda =
      static_cast<double>(IalsRowRegularization(scalars, rows.RowLength(item), rows.cols));
  std::vector<double> left(static_cast<size_t>(f));
  std::vector<double> right(static_cast<size_t>(f));
  for (int64_t i = 0; i < f; ++i) {
    left[i] = lambda * static_cast<double>(x[i]) +
              config.unobserved_weight * Dot(user_gramian.data() + i * f, x, f);
  }
  for (int64_t k = rows.offsets[item]; k < rows.offsets[item + 1]; ++k) {
    const float* w = model.user_factors.data() + static_cast<int64_t>(rows.ids[k]) * f;
    const double confidence = static_cast<double>(IalsConfidence(scalars, rows.values[k]));
    const double score = Dot(w, x, f);
    const double preference = static_cast<double>(IalsPreference(rows.values[k]));
    for (int64_t i = 0; i < f; ++i) {
      left[i] += confidence * score * static_cast<double>(w[i]);
      right[i] += confidence * preference * static_cast<double>(w[i]);
    }
  }
  RowEquations found;
  double size = 1e-30;
  for (int64_t i = 0; i < f; ++i) {
    found.residual = std::max(found.residual, std::abs(left[i] - right[i]));
    size = std::max(size, std::abs(right[i]));
    found.left += left[i] * static_cast<double>(x[i]);
    found.right += right[i] * static_cast<double>(x[i]);
  }
  found.residual /= size;
  return found;
}

// A NaN is beyond every limit.
void Expect(double difference, double allowed, const Backend& backend, const IalsConfig& config,
            const std::string& what) {
  if (difference <= allowed) return;
  throw DeviceError("wrong results, so nothing is timed: " + backend.name + ", solver " +
                    config.solver + ", " + std::to_string(config.factors) + " factors: " + what +
                    " by " + std::to_string(difference) + ", relative; expected at most " +
                    std::to_string(allowed) + "; please report this with the command");
}

}  // namespace

void VerifyModel(const Backend& backend, const IalsConfig& config, const Interactions& data,
                 const FactorModel& model, double reported_loss, IalsVerification* verification) {
  const Allowance allowance = AllowanceOf(backend, config);
  const std::vector<float> user_gramian = GramianOf(model.user_factors, model.factors);
  const double objective = Objective(config, data, model, user_gramian);
  verification->loss = std::abs(reported_loss - objective) / std::abs(objective);
  Expect(verification->loss, allowance.loss, backend, config,
         "the reported loss differs from the model's");
  double left = 0;
  double right = 0;
  double residual = 0;
  const int64_t step = std::max<int64_t>(data.by_item.rows / kSampledRows, 1);
  for (int64_t item = 0; item < data.by_item.rows; item += step) {
    if (data.by_item.RowLength(item) == 0) continue;
    const RowEquations found = EquationsOf(config, data.by_item, model, user_gramian, item);
    left += found.left;
    right += found.right;
    residual = std::max(residual, found.residual);
  }
  if (config.solver == "cholesky" && config.storage == "fp32") {
    verification->equations = residual;
    Expect(residual, allowance.equations, backend, config, "the equations of an item do not hold");
  } else {
    verification->balance = std::abs(left - right) / std::max(std::abs(right), 1e-30);
    Expect(verification->balance, kBalance, backend, config,
           "x^T A x of items differs from their b^T x");
  }
}

void VerifyTwin(const Backend& backend, const IalsConfig& config, IalsVerification* verification) {
  if (backend.name == CpuBackend().name) return;
  SyntheticShape shape;
  shape.users = 300;
  shape.items = 200;
  shape.entries = 6000;
  const Interactions data = Interactions::FromUserRows(SyntheticInteractions(shape, 1));
  const auto here = backend.make_ials(config, data);
  const auto twin = CpuBackend().make_ials(config, data);
  const StopFlag never;
  for (int epoch = 0; epoch < 2; ++epoch) {
    const double expected = twin->RunEpoch(never).loss;
    const double difference = std::abs(here->RunEpoch(never).loss - expected) / expected;
    Expect(difference, AllowanceOf(backend, config).loss, backend, config,
           "the loss on a small matrix differs from the CPU's");
    verification->twin = std::max(verification->twin, difference);
  }
}

}  // namespace tidewright
