#ifndef TIDEWRIGHT_HOST_BGNBD_BGNBD_H_
#define TIDEWRIGHT_HOST_BGNBD_BGNBD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/bgnbd/bgnbd_core.h"
#include "host/bgnbd/histories.h"
#include "host/core/config.h"
#include "host/core/stop_flag.h"
#include "host/model/bgnbd_model.h"
#include "host/model/solver.h"

namespace tidewright {

// BG/NBD (Fader, Hardie, Lee 2005, "Counting your customers" the easy way). A customer who is there
// has events at a rate of their own, lambda ~ Gamma(r, rate alpha); after each event they leave
// for good with a chance of their own, p ~ Beta(a, b).
struct BgnbdConfig {
  // Of time, in which alpha is: "1w".
  std::string unit = "1w";
  // Events within one such span are one: "1d".
  std::string merge = "1d";
  // Adds so much times the sum of squared logarithms (r, alpha against the mean age, a, b) to the
  // mean loss.
  double penalty = 0;
  int64_t iterations = 1000;  // at most
  double tolerance = 1e-9;    // of the largest derivative of the mean loss
};
ConfigFields FieldsOf(BgnbdConfig& config);

// Where the sums over customers are computed: one a backend.
class BgnbdSummer {
 public:
  virtual ~BgnbdSummer() = default;
  // `terms`: one a frequency of the cells. The same arguments give the same bits.
  virtual BgnbdSums Sum(const BgnbdParameters& parameters,
                        const std::vector<BgnbdFrequencyTerms>& terms) = 0;
};
std::unique_ptr<BgnbdSummer> MakeBgnbdCpu(const PurchaseCells& cells);

// One a frequency; `frequencies` rise.
std::vector<BgnbdFrequencyTerms> FrequencyTerms(const BgnbdParameters& parameters,
                                                const std::vector<int32_t>& frequencies);

struct BgnbdFit {
  bool stopped = false;  // by `stop`; nothing else is set then
  BgnbdParameters parameters;
  std::array<double, 16> log_covariance{};
  double log_likelihood = 0;
  int iterations = 0;
  int evaluations = 0;
};

// Maximum likelihood by L-BFGS on the logarithms of the parameters. Throws DataError where there
// are fewer than two customers, nobody came back, or the likelihood has no maximum (as where
// nobody ever seems to leave).
BgnbdFit FitBgnbd(const BgnbdConfig& config, const PurchaseCells& cells, BgnbdSummer& summer,
                  const StopFlag& stop);

// Standard error of r, alpha, a, b, by the delta method.
std::array<double, 4> StandardErrors(const BgnbdModel& model);

// A customer's history in the model's units of time.
struct BgnbdCustomer {
  double frequency = 0;
  double recency = 0;
  double age = 0;
};
BgnbdCustomer InUnits(const PurchaseHistory& history, int64_t unit);

// The probability that a customer with this history has not left by the cutoff. 1 without a repeat
// event: the model lets customers leave only after events that follow the first one.
double AliveProbability(const BgnbdParameters& p, const BgnbdCustomer& customer);

// The probability of no event in the next `span` units.
double SilenceProbability(const BgnbdParameters& p, const BgnbdCustomer& customer, double span);

// Events expected in the next `span` units (Fader, Hardie, Lee 2005, eq. 10), computed without
// their quotient by a - 1: given that the customer is there,
// sum over k of NegativeBinomial(k; r + x, span / (alpha + age + span))
//             * sum over j < k of E[(1 - p)^j | x],
// whose terms are all positive; and where that sum is long, by double exponential quadrature over
// p. Relative error below 1e-10.
double ExpectedEvents(const BgnbdParameters& p, const BgnbdCustomer& customer, double span);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BGNBD_BGNBD_H_
