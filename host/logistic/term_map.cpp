#include "host/logistic/term_map.h"

namespace tidewright {

TermMap::TermMap(const LinearModel& terms, const EncodedTable& table)
    : center_(terms.center),
      scale_(terms.scale),
      dense_terms_(table.dense_terms),
      categories_(table.categories) {
  for (const EncodedTable::CategoryColumn& category : categories_) {
    first_slots_.push_back(slots_);
    slots_ += static_cast<int64_t>(category.terms.size()) + 1;
  }
}

std::vector<double> TermMap::ValuesOf(const std::vector<double>& x) const {
  std::vector<double> values;
  values.reserve(static_cast<size_t>(dense() + slots_ + 1));
  double base = x.back();
  for (const int64_t term : dense_terms_) values.push_back(x[term]);
  for (const EncodedTable::CategoryColumn& category : categories_) {
    for (const int64_t term : category.terms) {
      const double value = x[term] * scale_[term];
      values.push_back(value);
      base -= value * center_[term];
    }
    values.push_back(0.0);
  }
  values.push_back(base);
  return values;
}

double TermMap::Finish(const std::vector<double>& x, double l2, const LogisticSums& sums,
                       std::vector<double>* gradient) const {
  const size_t terms = center_.size();
  gradient->assign(terms + 1, 0.0);
  for (size_t j = 0; j < dense_terms_.size(); ++j) (*gradient)[dense_terms_[j]] = sums.dense[j];
  for (size_t category = 0; category < categories_.size(); ++category) {
    int64_t slot = first_slots_[category];
    for (const int64_t term : categories_[category].terms) {
      (*gradient)[term] = scale_[term] * (sums.slots[slot++] - center_[term] * sums.residual);
    }
  }
  (*gradient)[terms] = sums.residual;
  double squares = 0;
  for (size_t term = 0; term < terms; ++term) {
    (*gradient)[term] += l2 * x[term];
    squares += x[term] * x[term];
  }
  return sums.loss + 0.5 * l2 * squares;
}

}  // namespace tidewright
