#ifndef TIDEWRIGHT_HOST_FEATURES_PROFILE_NUMBERS_H_
#define TIDEWRIGHT_HOST_FEATURES_PROFILE_NUMBERS_H_

#include <cstdint>

#include "host/core/host_device.h"
#include "host/features/log_view.h"

namespace tidewright {

inline constexpr int kMostMonths = 12;

// A customer's profile: a list of doubles, so that a kernel can keep it for many customers side by
// side. NaN is what cannot be said.

// Where the single numbers stand. Days are not rounded.
struct Number {
  enum Place : int {
    kDaysSinceLast,  // positive event
    kTenureDays,     // since the first positive event, whether in the window or before it
    kDaysSinceNegative,
    kLastPosition,
    kVisitsAMonth,  // since the first one of the window
    kExpectedVisits,
    kAlive,
    kLargestValue,  // of a positive event
    kLastVisitValue,
    kOtherVisitsValue,  // mean
    kLastVisitEvents,
    kVisitMinutes,  // mean
    kLastIsNegative,
    kSeasonVisits,
    kGapMean,
    kGapDeviation,  // of the population; 0 with a single gap
    kGapLongest,
    kGapLast,
    kGapNowDeviations,
    kGapNowRank,
    kMonthsActive,
    kMonthsKnown,  // since the first visit of the window, those of the window at most
    kItems,        // distinct
    kItemsRepeated,
    kItemEntropy,
    kTopItemEvents,
    kItemsRecent,     // of the last 90 days
    kNewItemsRecent,  // which the window had not seen before
    kItemsLastVisit,
    kNewItemsLastVisit,
    kReturnShare,  // sums of ItemFact over the positive events
    kItemEvents,
    kItemGrowth,
    kLastReturnShare,  // and over those of the last visit
    kLastItemEvents,
    kLastItemGrowth,
    kWeekday,                    // visits; Monday first
    kDayQuarter = kWeekday + 7,  // visits from 0, 6, 12 and 18 o'clock on
    kMonths = kDayQuarter + 4,   // 1: a visit in that month of 30 days, back from the cutoff
    kPlaces = kMonths + kMostMonths
  };
};

// What is summed over each window.
struct WindowSum {
  enum List : int {
    kVisits,
    kDays,  // with a positive event, UTC
    kPositiveEvents,
    kNegativeEvents,
    kPositiveValue,  // of |value|
    kNegativeValue,
    kLists
  };
};

// Where the numbers stand that come by window, signal and column: after the single ones the lists
// of windows, then single numbers again.
struct ProfileLayout {
  int windows = 0;
  int signals = 0;
  int columns = 0;

  TIDEWRIGHT_HOST_DEVICE int window_lists() const {
    return WindowSum::kLists + 2 * signals + columns;
  }
  TIDEWRIGHT_HOST_DEVICE int WindowList(int list) const { return Number::kPlaces + list * windows; }
  TIDEWRIGHT_HOST_DEVICE int Sum(WindowSum::List list, int w) const { return WindowList(list) + w; }
  TIDEWRIGHT_HOST_DEVICE int Whole(WindowSum::List list) const { return Sum(list, windows - 1); }
  TIDEWRIGHT_HOST_DEVICE int SignalEvents(int signal, int w) const {
    return WindowList(WindowSum::kLists + signal) + w;
  }
  TIDEWRIGHT_HOST_DEVICE int SignalValue(int signal, int w) const {
    return WindowList(WindowSum::kLists + signals + signal) + w;
  }
  TIDEWRIGHT_HOST_DEVICE int Amount(int column, int w) const {
    return WindowList(WindowSum::kLists + 2 * signals + column) + w;
  }
  TIDEWRIGHT_HOST_DEVICE int SinceSignal(int signal) const {
    return WindowList(window_lists()) + signal;
  }
  TIDEWRIGHT_HOST_DEVICE int ColumnSum(int column) const { return SinceSignal(signals) + column; }
  TIDEWRIGHT_HOST_DEVICE int ColumnCount(int column) const { return ColumnSum(columns) + column; }
  TIDEWRIGHT_HOST_DEVICE int size() const { return ColumnCount(columns); }
};

TIDEWRIGHT_HOST_DEVICE inline ProfileLayout LayoutOf(const PlanView& plan) {
  return {plan.window_count, plan.signals, plan.columns};
}

// One customer's numbers, `stride` apart.
struct Numbers {
  double* first = nullptr;
  int64_t stride = 1;
  TIDEWRIGHT_HOST_DEVICE double& operator[](int place) const { return first[place * stride]; }
};

// What all customers together say of an item (item_facts.h).
struct ItemFact {
  float return_share = 0;  // 0 where no one had anything in the span before the last horizon
  float log_events = 0;
  float growth = 0;
};

// How a feature follows from one or two numbers of the profile.
enum class Formula : int32_t {
  kNumber,           // a
  kLog,              // log a
  kLog1p,            // log(1 + a)
  kSignedLog,        // sign(a) log(1 + |a|)
  kRatio,            // a / b
  kShare,            // a / (a + b)
  kLogRatio,         // log(a / b)
  kLog1pRatio,       // log(1 + a / b)
  kSignedLogRatio,   // sign(a / b) log(1 + |a / b|)
  kLog1pDifference,  // log(1 + a) - log(1 + b)
  kTrend,            // log(1 + a) - log(1 + max(0, b - a)): a window against the one before it
};

struct FeatureFormula {
  Formula formula = Formula::kNumber;
  int32_t a = 0;
  int32_t b = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_PROFILE_NUMBERS_H_
