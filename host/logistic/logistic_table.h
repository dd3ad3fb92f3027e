#ifndef TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_TABLE_H_
#define TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_TABLE_H_

#include <cstdint>
#include <vector>

#include "host/logistic/encoded_table.h"
#include "host/logistic/term_map.h"
#include "host/model/linear_model.h"
#include "host/optim/lbfgs.h"

namespace tidewright {

// The two products of a pass, for a block of an encoded table: element i of dense column j is
// values[j * rows + i]; rows is a multiple of 64. margin[i] += sum over j of coefficient[j] times
// it; gradient[j] += sum over i of residual[i] times it.
void AddColumns(const float* values, int64_t columns, int64_t rows, const double* coefficient,
                double* margin);
void DotColumns(const float* values, int64_t columns, int64_t rows, const double* residual,
                double* gradient);

// The smooth part of the objective in logistic.h as a function of (coefficients, intercept). One
// pass over the table gives value and gradient; sums are in double, of a fixed number of parts.
class LogisticTable : public SmoothObjective {
 public:
  LogisticTable(const LinearModel& terms, double l2, EncodedTable table);
  void SetL2(double l2) { l2_ = l2; }
  double Evaluate(const std::vector<double>& x, std::vector<double>* gradient) override;

 private:
  void SumBlocks(int64_t begin, int64_t end, const std::vector<double>& values,
                 LogisticSums* part) const;

  EncodedTable table_;
  TermMap map_;
  double l2_;
  std::vector<LogisticSums> parts_;  // of a fixed number of parts of the table
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_TABLE_H_
