#ifndef TIDEWRIGHT_HOST_LOGISTIC_TERM_MAP_H_
#define TIDEWRIGHT_HOST_LOGISTIC_TERM_MAP_H_

#include <cstdint>
#include <vector>

#include "host/logistic/encoded_table.h"
#include "host/model/linear_model.h"

namespace tidewright {

// What is summed over rows, weighted.
struct LogisticSums {
  double loss = 0;
  double residual = 0;
  std::vector<double> dense;  // residual times value, of each dense column
  std::vector<double> slots;  // residual, of each slot of each category column
};

// Between the coefficients of standardised terms and what a pass over an encoded table works with.
// Dense columns are standardised as they lie; a slot stands for 1, and what its centre adds is the
// same for every row.
class TermMap {
 public:
  TermMap(const LinearModel& terms, const EncodedTable& table);

  int64_t dense() const { return static_cast<int64_t>(dense_terms_.size()); }
  // The slots of all category columns, one column after the other; each has one more than terms.
  int64_t slots() const { return slots_; }
  const std::vector<int64_t>& first_slots() const { return first_slots_; }

  // For x = (coefficients, intercept): one number a dense column, one a slot, and the one that
  // every row has.
  std::vector<double> ValuesOf(const std::vector<double>& x) const;

  // The value of the smooth objective at x, and its gradient.
  double Finish(const std::vector<double>& x, double l2, const LogisticSums& sums,
                std::vector<double>* gradient) const;

 private:
  std::vector<double> center_;  // of each term
  std::vector<double> scale_;
  std::vector<int64_t> dense_terms_;
  std::vector<EncodedTable::CategoryColumn> categories_;
  std::vector<int64_t> first_slots_;
  int64_t slots_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_TERM_MAP_H_
