#ifndef TIDEWRIGHT_HOST_FEATURES_CUSTOMER_PROFILE_H_
#define TIDEWRIGHT_HOST_FEATURES_CUSTOMER_PROFILE_H_

#include <cstdint>
#include <vector>

#include "host/data/event_log.h"
#include "host/data/snapshot_spec.h"
#include "host/features/log_view.h"
#include "host/features/profile_core.h"

namespace tidewright {

// A log and a specification brought together: which of its signals and columns are which of the
// specification's, and the windows that features are counted over.
struct ProfilePlan {
  std::vector<int32_t> signal_of;  // of each signal of the log: its place in the specification, or
                                   // -1 where it does not take part
  std::vector<float> weight;       // of each signal of the specification
  std::vector<size_t> column_of;  // of each event column of the specification: its place in the log
  std::vector<int64_t> windows;   // rising; the last is the whole observation window
  int64_t gap = 0;
  int64_t horizon = 0;
  int32_t months = 0;        // of 30 days, that lie in the window whole
  int64_t season_begin = 0;  // age of (cutoff + gap) a year before the horizon; 0: no season
  int64_t season_end = 0;
};

// The windows in days that a specification counts over: 7, 14, 30, 60, 90, 180, 365, as far as they
// are shorter than the observation window, and that one itself, rounded up to whole days.
std::vector<int64_t> WindowDays(const SnapshotSpec& spec);

// Whole months of 30 days in the window, twelve at most.
int32_t MonthsOf(const SnapshotSpec& spec);

// Where the profile's numbers stand that a specification asks for.
ProfileLayout LayoutOf(const SnapshotSpec& spec);

// Throws DataError where the log has no times or lacks a column of the specification.
ProfilePlan MakeProfilePlan(const EventLog& log, const SnapshotSpec& spec);

// A plan as both twins read it, its lists where they stand.
PlanView ViewOf(const ProfilePlan& plan);

// A log and its plan as the shared arithmetic takes them. Both outlive it.
class PlannedLog {
 public:
  PlannedLog(const EventLog& events, const ProfilePlan& profile_plan);
  PlannedLog(const PlannedLog&) = delete;
  PlannedLog& operator=(const PlannedLog&) = delete;

  const LogView& log() const { return log_; }
  const PlanView& plan() const { return plan_; }
  bool Positive(int64_t event) const { return IsPositive(log_, plan_, event); }

 private:
  std::vector<const float*> columns_;
  LogView log_;
  PlanView plan_;
};

// Profiles one customer after the other; keeps its buffers. One object a thread.
class Profiler {
 public:
  // `facts`: of each item (item_facts.h). All of them outlive it.
  Profiler(const PlannedLog& log, const ItemFact* facts, bool return_share_known);
  // Of a customer with a positive event in the window. Valid until the next call.
  Numbers Profile(const EventSpan& events);

 private:
  const PlannedLog* log_;
  const ItemFact* facts_;
  bool return_share_known_;
  std::vector<double> numbers_;
  std::vector<ItemVisit> items_;
  std::vector<int64_t> visit_begin_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_CUSTOMER_PROFILE_H_
