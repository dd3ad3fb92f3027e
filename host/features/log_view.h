#ifndef TIDEWRIGHT_HOST_FEATURES_LOG_VIEW_H_
#define TIDEWRIGHT_HOST_FEATURES_LOG_VIEW_H_

#include <cstdint>
#include <limits>

#include "host/core/host_device.h"
#include "host/core/time.h"

namespace tidewright {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
// Positive events of one customer that follow each other within this time are one visit.
inline constexpr int64_t kVisitGap = 30 * 60 * kMicrosPerSecond;

// A log's columns as both twins read them: pointers valid on the host or on a device.
struct LogView {
  const int32_t* item = nullptr;
  const int64_t* timestamp = nullptr;
  const uint8_t* signal = nullptr;        // null: every event is of signal 0
  const float* value = nullptr;           // null: 1 each
  const float* const* columns = nullptr;  // of the specification, each by event
};

// A ProfilePlan (customer_profile.h), in the same way.
struct PlanView {
  const int32_t* signal_of = nullptr;
  const float* weight = nullptr;
  const int64_t* windows = nullptr;
  int32_t window_count = 0;
  int32_t signals = 0;
  int32_t columns = 0;
  int32_t months = 0;
  int64_t gap = 0;
  int64_t horizon = 0;
  int64_t season_begin = 0;
  int64_t season_end = 0;
};

// One customer's events at or before the cutoff: [begin, end) of the log.
struct EventSpan {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t cutoff = 0;
};

TIDEWRIGHT_HOST_DEVICE inline double DaysBetween(int64_t earlier, int64_t later) {
  return static_cast<double>(later - earlier) / static_cast<double>(kMicrosPerDay);
}

// The event's signal among those of the specification, or -1 where it does not take part.
TIDEWRIGHT_HOST_DEVICE inline int32_t EventSignal(const LogView& log, const PlanView& plan,
                                                  int64_t event) {
  return plan.signal_of[log.signal == nullptr ? 0 : log.signal[event]];
}

TIDEWRIGHT_HOST_DEVICE inline double EventValue(const LogView& log, int64_t event) {
  return log.value == nullptr ? 1.0 : static_cast<double>(log.value[event]);
}

// Whether the event is one that a customer who is gone would not have: its signal takes part, and
// weight and value have the same sign.
TIDEWRIGHT_HOST_DEVICE inline bool IsPositive(const LogView& log, const PlanView& plan,
                                              int64_t event) {
  const int32_t signal = EventSignal(log, plan, event);
  return signal >= 0 && (plan.weight[signal] > 0) == !(EventValue(log, event) < 0);
}

// The first event of [begin, end), which is sorted by time, after `time`.
TIDEWRIGHT_HOST_DEVICE inline int64_t FirstAfter(const LogView& log, int64_t begin, int64_t end,
                                                 int64_t time) {
  while (begin < end) {
    const int64_t middle = begin + (end - begin) / 2;
    if (log.timestamp[middle] <= time) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// Tells visits apart, from the positive events in their order.
struct VisitCounter {
  int64_t last = kNever;
  int32_t visit = -1;  // of the last event, from 0

  // Whether a visit begins with an event at `time`.
  TIDEWRIGHT_HOST_DEVICE bool Begins(int64_t time) {
    const bool begins = visit < 0 || time - last > kVisitGap;
    last = time;
    visit += begins ? 1 : 0;
    return begins;
  }
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_LOG_VIEW_H_
