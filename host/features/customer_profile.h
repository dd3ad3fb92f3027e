#ifndef TIDEWRIGHT_HOST_FEATURES_CUSTOMER_PROFILE_H_
#define TIDEWRIGHT_HOST_FEATURES_CUSTOMER_PROFILE_H_

#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "host/data/event_log.h"
#include "host/data/snapshot_spec.h"

namespace tidewright {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
// Positive events of one customer that follow each other within this time are one visit.
inline constexpr int64_t kVisitGap = 30 * 60 * kMicrosPerSecond;

struct ItemFacts;

// What a feature may read: one customer's events [begin, end) of the log, all of them at or before
// the cutoff. Whatever stands in the log outside of that range has not happened yet.
struct CustomerEvents {
  const EventLog& log;
  int64_t begin = 0;
  int64_t end = 0;
  int64_t cutoff = 0;
};

// A log and a specification brought together: which of its signals and columns are which of the
// specification's, and the windows that features are counted over.
struct ProfilePlan {
  std::vector<int> signal_of;  // of each signal of the log: its place in the specification, or -1
  std::vector<float> weight;   // of each signal of the specification
  std::vector<size_t> column_of;  // of each event column of the specification: its place in the log
  std::vector<int64_t> windows;   // rising; the last is the whole observation window
  int64_t gap = 0;
  int64_t horizon = 0;
  size_t months = 0;         // of 30 days, that lie in the window whole
  int64_t season_begin = 0;  // age of (cutoff + gap) a year before the horizon; 0: no season
  int64_t season_end = 0;
};

// The windows in days that a specification counts over: 7, 14, 30, 60, 90, 180, 365, as far as they
// are shorter than the observation window, and that one itself, rounded up to whole days.
std::vector<int64_t> WindowDays(const SnapshotSpec& spec);

// Whole months of 30 days in the window, twelve at most.
size_t MonthsOf(const SnapshotSpec& spec);

// Whether the event is one that a customer who is gone would not have: its signal takes part, and
// weight and value have the same sign.
bool IsPositive(const EventLog& log, const ProfilePlan& plan, int64_t event);

// Throws DataError where the log has no times or lacks a column of the specification.
ProfilePlan MakeProfilePlan(const EventLog& log, const SnapshotSpec& spec);

struct Visit {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t events = 0;
  double value = 0;
};

// Sums over the last w windows, one number a window.
using WindowSums = std::vector<double>;

// Everything that the features of one customer are made of, from one pass over the events of the
// observation window. Times in microseconds; counts as double.
struct CustomerProfile {
  int64_t first_ever = kNever;  // positive event, whether in the window or before it
  int64_t first_positive = kNever;
  int64_t last_positive = kNever;  // kNever: no positive event in the window, no row in the table
  int64_t last_negative = kNever;
  std::vector<int64_t> last_of_signal;
  std::vector<WindowSums> signal_events;  // by signal
  std::vector<WindowSums> signal_value;   // the same, of |value|
  WindowSums positive_events;
  WindowSums negative_events;
  WindowSums positive_value;
  WindowSums negative_value;
  WindowSums visits;
  WindowSums days;                 // with a positive event, UTC
  std::vector<WindowSums> amount;  // by event column: value x column, positive less negative
  std::vector<double> column_sum;  // by event column, over the positive events that have it
  std::vector<double> column_count;
  std::vector<Visit> visit;  // in the order of time
  double season_visits = 0;
  bool last_is_negative = false;
  double largest_value = 0;                // largest |value| of a positive event
  std::array<double, 7> weekday = {};      // visits; 0 is Monday
  std::array<double, 4> day_quarter = {};  // visits from 0, 6, 12 and 18 o'clock on
  double distinct_items = 0;
  double items_repeated = 0;  // items with events in more than one visit
  double item_entropy = 0;    // nats, over the positive events
  double top_item_events = 0;
  double new_items_recent = 0;  // items of the last 90 days that the window had not seen before
  double items_recent = 0;
  std::vector<char> month;  // 1: a visit in that month of 30 days, back from the cutoff
  // Sums of ItemFacts over the positive events, and over those of the last visit.
  struct ItemSums {
    double return_share = 0;
    double log_events = 0;
    double growth = 0;
  };
  ItemSums items;
  ItemSums last_visit_items;
  bool return_share_known = false;
  double new_items_last_visit = 0;
  double items_last_visit = 0;
};

// Profiles one customer after the other; keeps its buffers. One object a thread.
class Profiler {
 public:
  Profiler(const ProfilePlan& plan, const ItemFacts& facts);
  // Valid until the next call.
  const CustomerProfile& Profile(const CustomerEvents& events);

 private:
  struct ItemVisit {
    int32_t item = 0;
    int32_t visit = 0;
  };

  void Clear();
  void ReadEvent(const CustomerEvents& events, int64_t event);
  void AddToVisits(int64_t time, double value, int32_t item, size_t slot, int64_t cutoff);
  void AddItem(int32_t item, bool new_visit);
  void SumWindows();
  void SummariseItems(int64_t cutoff);

  const ProfilePlan& plan_;
  const ItemFacts& facts_;
  CustomerProfile profile_;
  std::vector<ItemVisit> items_;
  int64_t last_day_ = kNever;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_CUSTOMER_PROFILE_H_
