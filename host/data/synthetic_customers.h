#ifndef TIDEWRIGHT_HOST_DATA_SYNTHETIC_CUSTOMERS_H_
#define TIDEWRIGHT_HOST_DATA_SYNTHETIC_CUSTOMERS_H_

#include <cstdint>

#include "host/data/event_log.h"

namespace tidewright {

// Customers as BG/NBD (host/bgnbd/bgnbd.h) has them, with its parameters, times in weeks. Each has
// a first event within the first `joining` share of `weeks`, then events at a rate of their own,
// leaving after each with a chance of their own; watching ends after `weeks`.
struct SyntheticCustomers {
  int64_t customers = 0;
  int64_t items = 100;
  double weeks = 52;
  double joining = 0.5;
  double r = 0.243;
  double alpha = 4.414;
  double a = 0.793;
  double b = 2.426;
};

// Their log, from 2020-01-01 on; the user of a row is a number in [0, customers). Each event on an
// item drawn uniformly. The same shape and seed give the same log on any number of threads.
EventLog SyntheticCustomerLog(const SyntheticCustomers& shape, uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SYNTHETIC_CUSTOMERS_H_
