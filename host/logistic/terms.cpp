#include <algorithm>
#include <cmath>
#include <vector>

#include "host/core/parallel.h"
#include "host/logistic/logistic.h"

namespace tidewright {
namespace {

struct Term {
  int32_t category;
  double center;
  double scale;
};

double WeightOf(const FeatureTable& table, int64_t row) {
  return table.weight.empty() ? 1.0 : table.weight[row];
}

// Of what is 1 for `share` of the weight and 0 for the rest; none where it is constant.
void AddIndicator(int32_t category, double weight, double all, std::vector<Term>* terms) {
  const double share = weight / all;
  if (weight > 0 && share < 1)
    terms->push_back({category, share, 1 / std::sqrt(share * (1 - share))});
}

void AddNumber(const FeatureTable& table, const FeatureColumn& column, std::vector<Term>* terms) {
  double weight = 0;
  double sum = 0;
  double missing = 0;
  double all = 0;
  float low = kMissing;
  float high = kMissing;
  for (int64_t row = 0; row < table.rows; ++row) {
    const double w = WeightOf(table, row);
    const float value = column.values[row];
    all += w;
    if (std::isnan(value)) {
      missing += w;
    } else if (w > 0) {
      weight += w;
      sum += w * value;
      low = std::fmin(low, value);
      high = std::fmax(high, value);
    }
  }
  if (low < high) {
    const double center = sum / weight;
    double squares = 0;
    for (int64_t row = 0; row < table.rows; ++row) {
      const double from_center = column.values[row] - center;
      const double w = WeightOf(table, row);
      if (w > 0 && !std::isnan(column.values[row])) squares += w * from_center * from_center;
    }
    terms->push_back({kTermNumber, center, 1 / std::sqrt(squares / weight)});
  }
  AddIndicator(kTermMissing, missing, all, terms);
}

void AddCategories(const FeatureTable& table, const FeatureColumn& column,
                   std::vector<Term>* terms) {
  std::vector<double> weight(column.description.categories.size() + 1, 0.0);
  double all = 0;
  for (int64_t row = 0; row < table.rows; ++row) {
    const float value = column.values[row];
    const size_t code = std::isnan(value) ? weight.size() - 1 : static_cast<size_t>(value);
    weight[code] += WeightOf(table, row);
    all += WeightOf(table, row);
  }
  for (size_t code = 0; code + 1 < weight.size(); ++code) {
    AddIndicator(static_cast<int32_t>(code), weight[code], all, terms);
  }
  AddIndicator(kTermMissing, weight.back(), all, terms);
}

}  // namespace

LinearModel MakeTerms(const FeatureTable& table) {
  const int64_t columns = static_cast<int64_t>(table.columns.size());
  std::vector<std::vector<Term>> of_column(table.columns.size());
  ParallelBlocks(columns, [&](int64_t c, int) {
    const FeatureColumn& column = table.columns[c];
    if (column.description.kind == FeatureKind::kCategory) {
      AddCategories(table, column, &of_column[c]);
    } else {
      AddNumber(table, column, &of_column[c]);
    }
  });
  LinearModel model;
  model.features = columns;
  for (int64_t c = 0; c < columns; ++c) {
    for (const Term& term : of_column[c]) {
      model.feature.push_back(static_cast<int32_t>(c));
      model.category.push_back(term.category);
      model.center.push_back(term.center);
      model.scale.push_back(term.scale);
    }
  }
  model.coefficient.assign(model.feature.size(), 0.0);
  return model;
}

namespace {

// What a column adds to a row's log-odds.
class ColumnMargin {
 public:
  ColumnMargin(const LinearModel& model, int64_t first, int64_t last) {
    for (int64_t term = first; term < last; ++term) {
      const double slope = model.coefficient[term] * model.scale[term];
      if (model.category[term] == kTermNumber) {
        slope_ = slope;
        center_ = model.center[term];
        continue;
      }
      base_ -= slope * model.center[term];
      if (model.category[term] == kTermMissing) {
        missing_ = slope;
      } else {
        const size_t code = static_cast<size_t>(model.category[term]);
        if (code >= value_of_code_.size()) value_of_code_.resize(code + 1, 0.0);
        value_of_code_[code] = slope;
      }
    }
  }

  void AddTo(const FeatureColumn& column, int64_t begin, int64_t end, double* margin) const {
    const bool is_category = column.description.kind == FeatureKind::kCategory;
    for (int64_t row = begin; row < end; ++row) {
      const float value = column.values[row];
      double added = base_;
      if (std::isnan(value)) {
        added += missing_;
      } else if (!is_category) {
        added += (value - center_) * slope_;
      } else if (const size_t code = static_cast<size_t>(value); code < value_of_code_.size()) {
        added += value_of_code_[code];
      }
      margin[row] += added;
    }
  }

 private:
  double slope_ = 0;
  double center_ = 0;
  double missing_ = 0;
  double base_ = 0;
  std::vector<double> value_of_code_;
};

// A column that the model reads, and what it adds.
struct ReadColumn {
  int64_t feature;
  ColumnMargin margin;
};

std::vector<ReadColumn> ColumnsOf(const LinearModel& model) {
  std::vector<ReadColumn> columns;
  for (int64_t first = 0; first < model.terms();) {
    int64_t last = first;
    while (last < model.terms() && model.feature[last] == model.feature[first]) ++last;
    columns.push_back({model.feature[first], ColumnMargin(model, first, last)});
    first = last;
  }
  return columns;
}

}  // namespace

std::vector<double> LinearMargins(const LinearModel& model, const FeatureTable& table) {
  constexpr int64_t kGrain = 4096;
  const std::vector<ReadColumn> columns = ColumnsOf(model);
  std::vector<double> margin(static_cast<size_t>(table.rows), model.intercept);
  ParallelRanges(table.rows, kGrain, [&](int64_t begin, int64_t end, int) {
    for (const ReadColumn& column : columns) {
      column.margin.AddTo(table.columns[column.feature], begin, end, margin.data());
    }
  });
  return margin;
}

std::vector<double> LinearContributions(const LinearModel& model, const FeatureTable& table) {
  const int64_t width = model.features + 1;
  std::vector<double> parts(static_cast<size_t>(table.rows * width), 0.0);
  for (int64_t row = 0; row < table.rows; ++row) parts[row * width + width - 1] = model.intercept;
  std::vector<double> added(static_cast<size_t>(table.rows));
  for (const ReadColumn& column : ColumnsOf(model)) {
    std::fill(added.begin(), added.end(), 0.0);
    column.margin.AddTo(table.columns[column.feature], 0, table.rows, added.data());
    for (int64_t row = 0; row < table.rows; ++row) {
      parts[row * width + column.feature] += added[row];
    }
  }
  return parts;
}

}  // namespace tidewright
