#ifndef TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_TABLE_H_
#define TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_TABLE_H_

#include <cstdint>
#include <vector>

#include "host/logistic/encoded_table.h"
#include "host/logistic/lbfgs.h"
#include "host/model/linear_model.h"

namespace tidewright {

// The smooth part of the objective in logistic.h as a function of (coefficients, intercept). One
// pass over the table gives value and gradient; sums are in double, of a fixed number of parts.
class LogisticTable : public SmoothObjective {
 public:
  LogisticTable(const LinearModel& terms, double l2, EncodedTable table);
  void SetL2(double l2) { l2_ = l2; }
  double Evaluate(const std::vector<double>& x, std::vector<double>* gradient) override;

 private:
  // What is summed over the rows of one part of the table.
  struct Part {
    double loss = 0;
    double residual = 0;
    std::vector<double> dense;  // of each dense column
    std::vector<double> slots;  // of each slot of each category column, one after the other
  };
  void SumBlocks(int64_t begin, int64_t end, Part* part) const;

  EncodedTable table_;
  double l2_;
  std::vector<double> center_;  // of each term
  std::vector<double> scale_;
  std::vector<int64_t> first_slot_;  // of each category column, among all slots
  int64_t slots_ = 0;
  // Of the x being evaluated: what a slot adds to the margin, and what every row has.
  std::vector<double> slot_value_;
  std::vector<double> dense_value_;
  double base_ = 0;
  std::vector<Part> parts_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_TABLE_H_
