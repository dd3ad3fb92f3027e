#ifndef TIDEWRIGHT_HOST_BGNBD_HISTORIES_H_
#define TIDEWRIGHT_HOST_BGNBD_HISTORIES_H_

#include <cstdint>
#include <vector>

#include "host/data/event_log.h"
#include "host/model/bgnbd_model.h"

namespace tidewright {

// What BG/NBD knows of a customer at a cutoff: the repeat events after the first one, the time from
// the first event to the last one, and the time from the first event to the cutoff; microseconds.
struct PurchaseHistory {
  int32_t frequency = -1;  // -1: no event up to the cutoff
  int64_t recency = 0;
  int64_t age = 0;
};

// How events are read: which count (signal weights, one a signal of the log; the events that are
// positive as host/data/snapshot_spec.h says), and which are one: those within the same span of
// `merge`, counted from 1970-01-01 UTC, at its begin; 0: each event by itself.
struct PurchaseReading {
  std::vector<float> weights;
  int64_t merge = 0;
};

// One a user. The log has times. In parallel, the same for any number of threads.
std::vector<PurchaseHistory> ReadHistories(const EventLog& log, int64_t users,
                                           const PurchaseReading& reading, int64_t cutoff);

// Events of each user in (begin, end], as the histories count them: what falls in the span of an
// event up to `begin` is no new one.
std::vector<int32_t> CountPurchases(const EventLog& log, int64_t users,
                                    const PurchaseReading& reading, int64_t begin, int64_t end);

// Histories with the customers that share them, times in units: what is fitted. By rising
// frequency, recency, age.
struct PurchaseCells {
  std::vector<int32_t> frequencies;  // each that occurs, rising
  std::vector<int32_t> place;        // of each cell: its frequency among them
  std::vector<double> recency;
  std::vector<double> age;
  std::vector<double> customers;

  int64_t size() const { return static_cast<int64_t>(place.size()); }
};

// Users without an event are left out.
PurchaseCells GatherCells(const std::vector<PurchaseHistory>& histories, int64_t unit);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BGNBD_HISTORIES_H_
