#include "host/features/feature_list.h"

#include <algorithm>
#include <utility>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/features/customer_profile.h"

namespace tidewright {
namespace {

using N = Number;
using S = WindowSum;

// Collects features; a family's name holds <W>, <SIGNAL> or <COLUMN>, its features what stands for
// them.
class FeatureBuilder {
 public:
  explicit FeatureBuilder(const SnapshotSpec& spec)
      : spec_(spec), days_(WindowDays(spec)), layout_(LayoutOf(spec)) {}

  void Group(const std::string& name) { group_ = name; }

  void Add(const std::string& name, const std::string& meaning, FeatureFormula formula) {
    Push(name, name, meaning, formula);
  }

  // formula(w): one feature a window; `whole`: with that of the whole window, too.
  template <class Make>
  void AddWindows(const std::string& family, const std::string& meaning, bool whole, Make formula) {
    for (int w = 0; w + (whole ? 0 : 1) < layout_.windows; ++w) {
      Push(WithDays(family, w), family, meaning, formula(w));
    }
  }

  // Windows whose double is a window, too: each against the one before it.
  void AddTrends(const std::string& family, const std::string& meaning, S::List sum) {
    for (int w = 0; w < layout_.windows; ++w) {
      const auto twice = std::find(days_.begin(), days_.end(), 2 * days_[static_cast<size_t>(w)]);
      if (twice == days_.end()) continue;
      const int w2 = static_cast<int>(twice - days_.begin());
      Push(WithDays(family, w), family, meaning,
           {Formula::kTrend, layout_.Sum(sum, w), layout_.Sum(sum, w2)});
    }
  }

  // formula(s)
  template <class Make>
  void AddSignals(const std::string& family, const std::string& meaning, Make formula) {
    for (const int s : Signals()) Push(WithSignal(family, s), family, meaning, formula(s));
  }

  // formula(s, w)
  template <class Make>
  void AddSignalWindows(const std::string& family, const std::string& meaning, Make formula) {
    for (const int s : Signals()) {
      for (int w = 0; w < layout_.windows; ++w) {
        Push(WithDays(WithSignal(family, s), w), family, meaning, formula(s, w));
      }
    }
  }

  // formula(c)
  template <class Make>
  void AddColumns(const std::string& family, const std::string& meaning, Make formula) {
    for (int c = 0; c < layout_.columns; ++c) {
      Push(WithColumn(family, c), family, meaning, formula(c));
    }
  }

  // formula(c, w)
  template <class Make>
  void AddColumnWindows(const std::string& family, const std::string& meaning, Make formula) {
    for (int c = 0; c < layout_.columns; ++c) {
      for (int w = 0; w < layout_.windows; ++w) {
        Push(WithDays(WithColumn(family, c), w), family, meaning, formula(c, w));
      }
    }
  }

  const ProfileLayout& layout() const { return layout_; }
  std::vector<Feature> Take() { return std::move(features_); }

 private:
  static std::string Replace(std::string text, const std::string& mark, const std::string& by) {
    return text.replace(text.find(mark), mark.size(), by);
  }
  std::string WithDays(const std::string& family, int w) const {
    return Replace(family, "<W>", std::to_string(days_[static_cast<size_t>(w)]));
  }
  std::string WithSignal(const std::string& family, int s) const {
    return Replace(family, "<SIGNAL>", spec_.signals[static_cast<size_t>(s)].name);
  }
  std::string WithColumn(const std::string& family, int c) const {
    return Replace(family, "<COLUMN>", spec_.event_columns[static_cast<size_t>(c)]);
  }

  std::vector<int> Signals() const {
    std::vector<int> places;
    for (size_t s = 0; s < spec_.signals.size(); ++s) {
      if (spec_.signals[s].weight != 0) places.push_back(static_cast<int>(s));
    }
    return places;
  }

  void Push(const std::string& name, const std::string& family, const std::string& meaning,
            FeatureFormula formula) {
    if (std::find(spec_.groups.begin(), spec_.groups.end(), group_) == spec_.groups.end()) return;
    features_.push_back({name, family, group_, meaning, formula});
  }

  const SnapshotSpec& spec_;
  const std::vector<int64_t> days_;
  const ProfileLayout layout_;
  std::string group_;
  std::vector<Feature> features_;
};

void AddRecencyAndFrequency(FeatureBuilder& list) {
  const ProfileLayout layout = list.layout();
  list.Group("recency");
  list.Add("log_recency", "days since the last positive event",
           {Formula::kLog1p, N::kDaysSinceLast});
  list.AddSignals("log_days_since_<SIGNAL>", "days since the last event of a signal", [&](int s) {
    return FeatureFormula{Formula::kLog1p, layout.SinceSignal(s)};
  });
  list.Group("frequency");
  list.Add("log_visits", "visits in the window", {Formula::kLog1p, layout.Whole(S::kVisits)});
  list.Add("log_events", "positive events in the window",
           {Formula::kLog1p, layout.Whole(S::kPositiveEvents)});
  list.Add("log_visit_rate", "visits a month since the first one of the window",
           {Formula::kLog, N::kVisitsAMonth});
  list.Add("expected_visits",
           "visits expected in the horizon were the rate to go on as it was over the active span",
           {Formula::kLog1p, N::kExpectedVisits});
  list.Add("alive", "probability that a customer of this rate is only between two visits",
           {Formula::kNumber, N::kAlive});
}

void AddValue(FeatureBuilder& list) {
  const ProfileLayout layout = list.layout();
  const int visits = layout.Whole(S::kVisits);
  list.Group("value");
  list.Add("log_value", "sum of positive values in the window",
           {Formula::kLog1p, layout.Whole(S::kPositiveValue)});
  list.Add("log_value_per_visit", "the same a visit",
           {Formula::kLog1pRatio, layout.Whole(S::kPositiveValue), visits});
  list.Add("log_largest_value", "largest value of an event", {Formula::kLog1p, N::kLargestValue});
  list.Add("last_visit_value", "log of the value of the last visit over the mean of the others",
           {Formula::kLog1pDifference, N::kLastVisitValue, N::kOtherVisitsValue});
  list.AddColumns("mean_<COLUMN>", "mean of an event column over the positive events", [&](int c) {
    return FeatureFormula{Formula::kRatio, layout.ColumnSum(c), layout.ColumnCount(c)};
  });
  list.AddColumnWindows("log_amount_<COLUMN>_<W>d",
                        "sum of value times an event column, positive less negative events",
                        [&](int c, int w) {
                          return FeatureFormula{Formula::kSignedLog, layout.Amount(c, w)};
                        });
  list.AddColumns("log_amount_<COLUMN>_per_visit", "the same over the window, a visit", [&](int c) {
    return FeatureFormula{Formula::kSignedLogRatio, layout.Amount(c, layout.windows - 1), visits};
  });
}

void AddTenureAndWindows(FeatureBuilder& list) {
  const ProfileLayout layout = list.layout();
  list.Group("tenure");
  list.Add("log_tenure", "days since the first positive event, whether in the window or before",
           {Formula::kLog1p, N::kTenureDays});
  list.Add("last_position",
           "where the last visit lies between the first one and the cutoff, 0 to 1",
           {Formula::kNumber, N::kLastPosition});
  list.Group("windows");
  list.AddWindows("log_visits_<W>d", "visits", false, [&](int w) {
    return FeatureFormula{Formula::kLog1p, layout.Sum(S::kVisits, w)};
  });
  list.AddSignalWindows("log_events_<SIGNAL>_<W>d", "events of a signal", [&](int s, int w) {
    return FeatureFormula{Formula::kLog1p, layout.SignalEvents(s, w)};
  });
  list.AddSignalWindows("log_value_<SIGNAL>_<W>d", "sum of the values of a signal",
                        [&](int s, int w) {
                          return FeatureFormula{Formula::kLog1p, layout.SignalValue(s, w)};
                        });
  list.Group("trend");
  list.AddTrends("trend_visits_<W>d", "log of visits in a window over those in the one before",
                 S::kVisits);
  list.AddTrends("trend_events_<W>d", "the same of positive events", S::kPositiveEvents);
  list.AddTrends("trend_value_<W>d", "the same of positive values", S::kPositiveValue);
}

void AddGaps(FeatureBuilder& list) {
  list.Group("gaps");
  list.Add("log_gap_mean", "mean days between visits", {Formula::kLog1p, N::kGapMean});
  list.Add("log_gap_deviation", "standard deviation of the days between visits",
           {Formula::kLog1p, N::kGapDeviation});
  list.Add("log_gap_longest", "longest time between visits", {Formula::kLog1p, N::kGapLongest});
  list.Add("log_gap_last", "days between the last two visits", {Formula::kLog1p, N::kGapLast});
  list.Add("gap_now", "log of the days since the last visit over the mean gap",
           {Formula::kLog1pDifference, N::kDaysSinceLast, N::kGapMean});
  list.Add("gap_now_deviations", "days since the last visit less the mean gap, in deviations",
           {Formula::kNumber, N::kGapNowDeviations});
  list.Add("gap_now_rank", "share of the customer's gaps that were longer than the current one",
           {Formula::kNumber, N::kGapNowRank});
}

void AddRhythm(FeatureBuilder& list) {
  const ProfileLayout layout = list.layout();
  const int visits = layout.Whole(S::kVisits);
  list.Group("rhythm");
  list.AddWindows("log_days_<W>d", "days with a positive event", true, [&](int w) {
    return FeatureFormula{Formula::kLog1p, layout.Sum(S::kDays, w)};
  });
  list.Add("log_events_per_visit", "positive events a visit",
           {Formula::kLogRatio, layout.Whole(S::kPositiveEvents), visits});
  list.Add("log_events_last_visit", "positive events of the last visit",
           {Formula::kLog1p, N::kLastVisitEvents});
  list.Add("visit_minutes", "mean minutes from the first to the last event of a visit",
           {Formula::kNumber, N::kVisitMinutes});
  const char* const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                              "friday", "saturday", "sunday"};
  for (int day = 0; day < 7; ++day) {
    list.Add(std::string("share_") + days[day], "share of the visits on that day of the week, UTC",
             {Formula::kRatio, N::kWeekday + day, visits});
  }
  const char* const quarters[] = {"night", "morning", "afternoon", "evening"};
  for (int quarter = 0; quarter < 4; ++quarter) {
    list.Add(std::string("share_") + quarters[quarter],
             "share of the visits in that quarter of the day, from 0, 6, 12, 18 o'clock UTC",
             {Formula::kRatio, N::kDayQuarter + quarter, visits});
  }
}

void AddBreadth(FeatureBuilder& list) {
  const int events = list.layout().Whole(S::kPositiveEvents);
  list.Group("breadth");
  list.Add("log_items", "distinct items of the positive events", {Formula::kLog1p, N::kItems});
  list.Add("item_entropy", "entropy of the items, in nats", {Formula::kNumber, N::kItemEntropy});
  list.Add("top_item_share", "share of the positive events with the most frequent item",
           {Formula::kRatio, N::kTopItemEvents, events});
  list.Add("repeat_share", "share of the items that came in more than one visit",
           {Formula::kRatio, N::kItemsRepeated, N::kItems});
  list.Add("new_item_share_90d", "share of the items of the last 90 days that were new then",
           {Formula::kRatio, N::kNewItemsRecent, N::kItemsRecent});
  list.Add("new_item_share_last_visit", "share of the items of the last visit that were new then",
           {Formula::kRatio, N::kNewItemsLastVisit, N::kItemsLastVisit});
}

void AddItems(FeatureBuilder& list) {
  const int events = list.layout().Whole(S::kPositiveEvents);
  const auto add = [&](const std::string& name, const std::string& meaning, N::Place sum,
                       N::Place of_last_visit) {
    list.Add(name, meaning, {Formula::kRatio, sum, events});
    list.Add(name + "_last_visit", "the same over the items of the last visit",
             {Formula::kRatio, of_last_visit, N::kLastVisitEvents});
  };
  list.Group("items");
  add("item_return_share",
      "mean over the items of the share of their earlier customers that came back lately",
      N::kReturnShare, N::kLastReturnShare);
  add("item_popularity", "mean log of the events that the items had, of all customers",
      N::kItemEvents, N::kLastItemEvents);
  add("item_growth", "mean log of the share of them in the last 30 days", N::kItemGrowth,
      N::kLastItemGrowth);
}

void AddMonths(FeatureBuilder& list, const SnapshotSpec& spec) {
  list.Group("months");
  for (int month = 0; month < MonthsOf(spec); ++month) {
    list.Add("month_" + std::to_string(month + 1),
             "1 with a visit in that month of 30 days, counted back from the cutoff",
             {Formula::kNumber, N::kMonths + month});
  }
  list.Add("months_active", "months with a visit, of the last twelve",
           {Formula::kNumber, N::kMonthsActive});
  list.Add("months_share", "the same as a share of those since the first visit",
           {Formula::kRatio, N::kMonthsActive, N::kMonthsKnown});
}

void AddNegativeAndSeason(FeatureBuilder& list, const SnapshotSpec& spec) {
  const ProfileLayout layout = list.layout();
  list.Group("negative");
  list.AddWindows("negative_share_<W>d", "share of negative events", true, [&](int w) {
    return FeatureFormula{Formula::kShare, layout.Sum(S::kNegativeEvents, w),
                          layout.Sum(S::kPositiveEvents, w)};
  });
  list.Add("negative_value_share", "share of negative values in the window",
           {Formula::kShare, layout.Whole(S::kNegativeValue), layout.Whole(S::kPositiveValue)});
  list.Add("log_negative_recency", "days since the last negative event",
           {Formula::kLog1p, N::kDaysSinceNegative});
  list.Add("last_is_negative", "1 where the last event was negative",
           {Formula::kNumber, N::kLastIsNegative});
  if (spec.window < 365 * kMicrosPerDay) return;
  list.Group("season");
  list.Add("log_visits_season", "visits in the span of the horizon, a year earlier",
           {Formula::kLog1p, N::kSeasonVisits});
}

}  // namespace

const std::vector<std::string>& FeatureGroups() {
  static const std::vector<std::string> groups = {
      "recency", "frequency", "value", "tenure", "windows",  "trend", "gaps",
      "rhythm",  "breadth",   "items", "months", "negative", "season"};
  return groups;
}

std::vector<std::string> ParseFeatureGroups(const std::string& text) {
  if (text == "all") return FeatureGroups();
  const std::vector<std::string> asked = SplitAtCommas(text);
  for (const std::string& name : asked) {
    if (std::find(FeatureGroups().begin(), FeatureGroups().end(), name) != FeatureGroups().end()) {
      continue;
    }
    std::string known;
    for (const std::string& group : FeatureGroups()) known += (known.empty() ? "" : ", ") + group;
    throw UsageError("--feature-groups has '" + name + "'; expected all, or some of " + known +
                     DidYouMean(name, FeatureGroups()));
  }
  std::vector<std::string> groups;
  for (const std::string& group : FeatureGroups()) {
    if (std::find(asked.begin(), asked.end(), group) != asked.end()) groups.push_back(group);
  }
  return groups;
}

std::vector<Feature> ListFeatures(const SnapshotSpec& spec) {
  FeatureBuilder list(spec);
  AddRecencyAndFrequency(list);
  AddValue(list);
  AddTenureAndWindows(list);
  AddGaps(list);
  AddRhythm(list);
  AddBreadth(list);
  AddItems(list);
  AddMonths(list, spec);
  AddNegativeAndSeason(list, spec);
  return list.Take();
}

}  // namespace tidewright
