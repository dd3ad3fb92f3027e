#include "tests/support/logistic_reference.h"

#include <algorithm>
#include <cmath>

#include "host/core/random.h"

namespace tidewright {
namespace {

double UniformOf(uint64_t purpose, int64_t row) {
  const PhiloxDraw draw = Philox(11, 1000 + purpose, static_cast<uint64_t>(row));
  return UniformDouble(draw.word[0], draw.word[1]);
}

FeatureColumn ColumnOf(const std::string& name, FeatureKind kind, int64_t rows) {
  FeatureColumn column;
  column.description.name = name;
  column.description.kind = kind;
  column.values.resize(static_cast<size_t>(rows));
  return column;
}

// Solves A x = b for a symmetric positive definite A, n x n.
std::vector<double> SolveDefinite(std::vector<double> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t j = 0; j < n; ++j) {
    for (size_t k = 0; k < j; ++k) {
      for (size_t i = j; i < n; ++i) a[i * n + j] -= a[i * n + k] * a[j * n + k];
    }
    const double root = std::sqrt(a[j * n + j]);
    for (size_t i = j; i < n; ++i) a[i * n + j] /= root;
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return b;
}

// argmin over d of <gradient, d> + d'Hd/2 + l1 |x + d|_1 (not of the last variable).
std::vector<double> DescendCoordinates(const std::vector<double>& hessian,
                                       const std::vector<double>& gradient,
                                       const std::vector<double>& x, double l1) {
  const size_t n = x.size();
  std::vector<double> d(n, 0.0);
  std::vector<double> slope = gradient;  // gradient + H d
  for (int sweep = 0; sweep < 20000; ++sweep) {
    double moved = 0;
    for (size_t j = 0; j < n; ++j) {
      const double curvature = hessian[j * n + j];
      const double at = x[j] + d[j];
      const double to = at - slope[j] / curvature;
      const double shrink = j + 1 < n ? l1 / curvature : 0.0;
      const double next = to > shrink ? to - shrink : to < -shrink ? to + shrink : 0.0;
      const double step = next - at;
      d[j] += step;
      for (size_t i = 0; i < n; ++i) slope[i] += hessian[i * n + j] * step;
      moved = std::max(moved, std::abs(step));
    }
    if (moved < 1e-13) break;
  }
  return d;
}

}  // namespace

FeatureTable MakeChurnLikeTable(const ChurnLikeOptions& options) {
  FeatureTable table;
  const int64_t rows = options.rows;
  table.rows = rows;
  table.path = "churn-like";
  table.label_name = "churn";
  FeatureColumn tenure = ColumnOf("tenure", FeatureKind::kNumber, rows);
  FeatureColumn charges = ColumnOf("charges", FeatureKind::kNumber, rows);
  FeatureColumn year = ColumnOf("year", FeatureKind::kNumber, rows);
  FeatureColumn senior = ColumnOf("senior", FeatureKind::kBoolean, rows);
  FeatureColumn contract = ColumnOf("contract", FeatureKind::kCategory, rows);
  contract.description.categories = {"month", "year", "two years", "never", "rare"};
  FeatureColumn constant = ColumnOf("constant", FeatureKind::kNumber, rows);
  for (int64_t row = 0; row < rows; ++row) {
    const double months = 72 * UniformOf(0, row);
    tenure.values[row] = static_cast<float>(months);
    charges.values[row] = static_cast<float>(1e6 * (months / 72 + UniformOf(1, row)));
    year.values[row] = static_cast<float>(2000 + 1e-2 * UniformOf(2, row));
    senior.values[row] = UniformOf(3, row) < 0.2 ? 1.0f : 0.0f;
    const double kind = UniformOf(4, row);
    contract.values[row] = kind < 0.5 ? 0.0f : kind < 0.75 ? 1.0f : kind < 0.98 ? 2.0f : 4.0f;
    constant.values[row] = 0.1f;
    if (options.missing && UniformOf(5, row) < 0.1) charges.values[row] = kMissing;
    if (options.missing && UniformOf(6, row) < 0.05) contract.values[row] = kMissing;
    const double odds = 0.5 - 0.05 * months + 0.8 * senior.values[row] + (kind < 0.5 ? 1.0 : 0.0) +
                        (std::isnan(charges.values[row]) ? 1.0 : charges.values[row] * 4e-7);
    table.label.push_back(UniformOf(7, row) < 1 / (1 + std::exp(-odds)) ? 1.0f : 0.0f);
    if (options.weights) {
      table.weight.push_back(static_cast<float>(static_cast<int>(4 * UniformOf(8, row))));
    }
  }
  table.columns = {tenure, charges, year, senior, constant};
  if (options.categories) table.columns.insert(table.columns.begin() + 2, contract);
  return table;
}

std::vector<double> StandardisedTerms(const LinearModel& terms, const FeatureTable& table) {
  std::vector<double> z;
  for (int64_t row = 0; row < table.rows; ++row) {
    for (int64_t term = 0; term < terms.terms(); ++term) {
      const float value = table.columns[terms.feature[term]].values[row];
      double read = value;
      if (terms.category[term] == kTermMissing) {
        read = std::isnan(value) ? 1 : 0;
      } else if (terms.category[term] != kTermNumber) {
        read = value == static_cast<float>(terms.category[term]) ? 1 : 0;
      }
      z.push_back(std::isnan(read) ? 0 : (read - terms.center[term]) * terms.scale[term]);
    }
  }
  return z;
}

std::vector<double> RowWeights(const FeatureTable& table, double scale_pos_weight) {
  std::vector<double> weight;
  double sum = 0;
  for (int64_t row = 0; row < table.rows; ++row) {
    const double w = table.weight.empty() ? 1.0 : table.weight[row];
    weight.push_back(table.label[row] == 1.0f ? w * scale_pos_weight : w);
    sum += weight.back();
  }
  for (double& w : weight) w /= sum;
  return weight;
}

double ObjectiveOf(const LogisticConfig& config, const LinearModel& model,
                   const FeatureTable& table, std::vector<double>* gradient) {
  const std::vector<double> z = StandardisedTerms(model, table);
  const std::vector<double> weight = RowWeights(table, config.scale_pos_weight);
  const int64_t terms = model.terms();
  gradient->assign(static_cast<size_t>(terms) + 1, 0.0);
  double value = 0;
  for (int64_t row = 0; row < table.rows; ++row) {
    double margin = model.intercept;
    for (int64_t t = 0; t < terms; ++t) margin += model.coefficient[t] * z[row * terms + t];
    const double side = table.label[row] == 1.0f ? 1 : -1;
    value += weight[row] * std::log1p(std::exp(-side * margin));
    const double residual = -side * weight[row] / (1 + std::exp(side * margin));
    for (int64_t t = 0; t < terms; ++t) (*gradient)[t] += residual * z[row * terms + t];
    (*gradient)[terms] += residual;
  }
  for (int64_t t = 0; t < terms; ++t) {
    const double c = model.coefficient[t];
    value += config.l1 * std::abs(c) + 0.5 * config.l2 * c * c;
    (*gradient)[t] += config.l2 * c;
  }
  return value;
}

LinearModel ReferenceFit(const LogisticConfig& config, const FeatureTable& table) {
  LinearModel model = MakeTerms(table);
  const std::vector<double> z = StandardisedTerms(model, table);
  const std::vector<double> weight = RowWeights(table, config.scale_pos_weight);
  const int64_t terms = model.terms();
  const size_t n = static_cast<size_t>(terms) + 1;
  for (int iteration = 0; iteration < 100; ++iteration) {
    std::vector<double> gradient;
    const double value = ObjectiveOf(config, model, table, &gradient);
    std::vector<double> hessian(n * n, 0.0);
    for (int64_t row = 0; row < table.rows; ++row) {
      double margin = model.intercept;
      std::vector<double> with_one(z.begin() + row * terms, z.begin() + (row + 1) * terms);
      for (int64_t t = 0; t < terms; ++t) margin += model.coefficient[t] * with_one[t];
      with_one.push_back(1);
      const double p = 1 / (1 + std::exp(-margin));
      for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < n; ++j) {
          hessian[i * n + j] += weight[row] * p * (1 - p) * with_one[i] * with_one[j];
        }
      }
    }
    for (size_t i = 0; i + 1 < n; ++i) hessian[i * n + i] += config.l2;
    std::vector<double> x = model.coefficient;
    x.push_back(model.intercept);
    std::vector<double> step;
    if (config.l1 > 0) {
      step = DescendCoordinates(hessian, gradient, x, config.l1);
    } else {
      std::vector<double> downhill;
      for (const double g : gradient) downhill.push_back(-g);
      step = SolveDefinite(hessian, downhill);
    }
    double largest = 0;
    for (const double s : step) largest = std::max(largest, std::abs(s));
    // Halved until the objective falls.
    for (double length = 1; length > 1e-10; length /= 2) {
      for (int64_t t = 0; t < terms; ++t) model.coefficient[t] = x[t] + length * step[t];
      model.intercept = x.back() + length * step.back();
      std::vector<double> unused;
      if (ObjectiveOf(config, model, table, &unused) <= value) break;
    }
    if (largest < 1e-12) break;
  }
  return model;
}

}  // namespace tidewright
