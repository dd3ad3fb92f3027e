#include "host/features/feature_list.h"

#include <algorithm>
#include <cmath>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/features/feature_math.h"

namespace tidewright {
namespace {

using P = CustomerProfile;
using E = CustomerEvents;

// Collects features; a family's name holds <W>, <SIGNAL> or <COLUMN>, its features what stands for
// them.
class FeatureBuilder {
 public:
  explicit FeatureBuilder(const SnapshotSpec& spec) : spec_(spec), days_(WindowDays(spec)) {}

  void Group(const std::string& name) { group_ = name; }

  template <class Value>
  void Add(const std::string& name, const std::string& meaning, Value value) {
    Push(name, name, meaning, value);
  }

  // value(events, profile, w): one feature a window; `whole`: with that of the whole window, too.
  template <class Value>
  void AddWindows(const std::string& family, const std::string& meaning, bool whole, Value value) {
    for (size_t w = 0; w + (whole ? 0 : 1) < days_.size(); ++w) {
      Push(Replace(family, "<W>", std::to_string(days_[w])), family, meaning,
           [value, w](const E& e, const P& p) { return value(e, p, w); });
    }
  }

  // Windows whose double is a window, too: value(events, profile, w, w of the double).
  template <class Value>
  void AddNeighbours(const std::string& family, const std::string& meaning, Value value) {
    for (size_t w = 0; w < days_.size(); ++w) {
      const auto twice = std::find(days_.begin(), days_.end(), 2 * days_[w]);
      if (twice == days_.end()) continue;
      const auto w2 = static_cast<size_t>(twice - days_.begin());
      Push(Replace(family, "<W>", std::to_string(days_[w])), family, meaning,
           [value, w, w2](const E& e, const P& p) { return value(e, p, w, w2); });
    }
  }

  // value(events, profile, s)
  template <class Value>
  void AddSignals(const std::string& family, const std::string& meaning, Value value) {
    for (const size_t s : Signals()) {
      Push(Replace(family, "<SIGNAL>", spec_.signals[s].name), family, meaning,
           [value, s](const E& e, const P& p) { return value(e, p, s); });
    }
  }

  // value(events, profile, s, w)
  template <class Value>
  void AddSignalWindows(const std::string& family, const std::string& meaning, Value value) {
    for (const size_t s : Signals()) {
      const std::string named = Replace(family, "<SIGNAL>", spec_.signals[s].name);
      for (size_t w = 0; w < days_.size(); ++w) {
        Push(Replace(named, "<W>", std::to_string(days_[w])), family, meaning,
             [value, s, w](const E& e, const P& p) { return value(e, p, s, w); });
      }
    }
  }

  // value(events, profile, c)
  template <class Value>
  void AddColumns(const std::string& family, const std::string& meaning, Value value) {
    for (size_t c = 0; c < spec_.event_columns.size(); ++c) {
      Push(Replace(family, "<COLUMN>", spec_.event_columns[c]), family, meaning,
           [value, c](const E& e, const P& p) { return value(e, p, c); });
    }
  }

  template <class Value>
  void AddColumnWindows(const std::string& family, const std::string& meaning, Value value) {
    for (size_t c = 0; c < spec_.event_columns.size(); ++c) {
      const std::string named = Replace(family, "<COLUMN>", spec_.event_columns[c]);
      for (size_t w = 0; w < days_.size(); ++w) {
        Push(Replace(named, "<W>", std::to_string(days_[w])), family, meaning,
             [value, c, w](const E& e, const P& p) { return value(e, p, c, w); });
      }
    }
  }

  const SnapshotSpec& spec() const { return spec_; }
  std::vector<Feature> Take() { return std::move(features_); }

 private:
  static std::string Replace(std::string text, const std::string& mark, const std::string& by) {
    return text.replace(text.find(mark), mark.size(), by);
  }

  std::vector<size_t> Signals() const {
    std::vector<size_t> places;
    for (size_t s = 0; s < spec_.signals.size(); ++s) {
      if (spec_.signals[s].weight != 0) places.push_back(s);
    }
    return places;
  }

  template <class Value>
  void Push(const std::string& name, const std::string& family, const std::string& meaning,
            Value value) {
    if (std::find(spec_.groups.begin(), spec_.groups.end(), group_) == spec_.groups.end()) return;
    features_.push_back({name, family, group_, meaning, value});
  }

  const SnapshotSpec& spec_;
  const std::vector<int64_t> days_;
  std::string group_;
  std::vector<Feature> features_;
};

void AddRecencyAndFrequency(FeatureBuilder& list) {
  list.Group("recency");
  list.Add("log_recency", "days since the last positive event", [](const E& e, const P& p) {
    return std::log1p(DaysBetween(p.last_positive, e.cutoff));
  });
  list.AddSignals(
      "log_days_since_<SIGNAL>", "days since the last event of a signal",
      [](const E& e, const P& p, size_t s) { return LogDaysSince(p.last_of_signal[s], e.cutoff); });
  list.Group("frequency");
  list.Add("log_visits", "visits in the window",
           [](const E&, const P& p) { return std::log1p(p.visits.back()); });
  list.Add("log_events", "positive events in the window",
           [](const E&, const P& p) { return std::log1p(p.positive_events.back()); });
  list.Add("log_visit_rate", "visits a month since the first one of the window",
           [](const E& e, const P& p) {
             return std::log(30 * p.visits.back() / (30 + DaysBetween(p.first_positive, e.cutoff)));
           });
  list.Add("expected_visits",
           "visits expected in the horizon were the rate to go on as it was over the active span",
           [horizon = list.spec().horizon](const E&, const P& p) {
             return std::log1p(ExpectedVisits(p, horizon));
           });
  list.Add("alive", "probability that a customer of this rate is only between two visits",
           [](const E& e, const P& p) { return StillActive(e, p); });
}

void AddValue(FeatureBuilder& list) {
  list.Group("value");
  list.Add("log_value", "sum of positive values in the window",
           [](const E&, const P& p) { return std::log1p(p.positive_value.back()); });
  list.Add("log_value_per_visit", "the same a visit", [](const E&, const P& p) {
    return std::log1p(p.positive_value.back() / p.visits.back());
  });
  list.Add("log_largest_value", "largest value of an event",
           [](const E&, const P& p) { return std::log1p(p.largest_value); });
  list.Add("last_visit_value", "log of the value of the last visit over the mean of the others",
           [](const E&, const P& p) { return LastVisitAgainstOthers(p); });
  list.AddColumns(
      "mean_<COLUMN>", "mean of an event column over the positive events",
      [](const E&, const P& p, size_t c) { return Ratio(p.column_sum[c], p.column_count[c]); });
  list.AddColumnWindows(
      "log_amount_<COLUMN>_<W>d",
      "sum of value times an event column, positive less negative events",
      [](const E&, const P& p, size_t c, size_t w) { return SignedLog(p.amount[c][w]); });
  list.AddColumns("log_amount_<COLUMN>_per_visit", "the same over the window, a visit",
                  [](const E&, const P& p, size_t c) {
                    return SignedLog(p.amount[c].back() / p.visits.back());
                  });
}

void AddTenureAndWindows(FeatureBuilder& list) {
  list.Group("tenure");
  list.Add("log_tenure", "days since the first positive event, whether in the window or before",
           [](const E& e, const P& p) { return std::log1p(DaysBetween(p.first_ever, e.cutoff)); });
  list.Add("last_position",
           "where the last visit lies between the first one and the cutoff, 0 to 1",
           [](const E& e, const P& p) {
             return 1 - Ratio(DaysBetween(p.last_positive, e.cutoff),
                              std::max(1.0, DaysBetween(p.first_positive, e.cutoff)));
           });
  list.Group("windows");
  list.AddWindows("log_visits_<W>d", "visits", false,
                  [](const E&, const P& p, size_t w) { return std::log1p(p.visits[w]); });
  list.AddSignalWindows(
      "log_events_<SIGNAL>_<W>d", "events of a signal",
      [](const E&, const P& p, size_t s, size_t w) { return std::log1p(p.signal_events[s][w]); });
  list.AddSignalWindows(
      "log_value_<SIGNAL>_<W>d", "sum of the values of a signal",
      [](const E&, const P& p, size_t s, size_t w) { return std::log1p(p.signal_value[s][w]); });
  list.Group("trend");
  list.AddNeighbours("trend_visits_<W>d", "log of visits in a window over those in the one before",
                     [](const E&, const P& p, size_t w, size_t w2) {
                       return LogTrend(p.visits[w], p.visits[w2]);
                     });
  list.AddNeighbours("trend_events_<W>d", "the same of positive events",
                     [](const E&, const P& p, size_t w, size_t w2) {
                       return LogTrend(p.positive_events[w], p.positive_events[w2]);
                     });
  list.AddNeighbours("trend_value_<W>d", "the same of positive values",
                     [](const E&, const P& p, size_t w, size_t w2) {
                       return LogTrend(p.positive_value[w], p.positive_value[w2]);
                     });
}

void AddGaps(FeatureBuilder& list) {
  list.Group("gaps");
  list.Add("log_gap_mean", "mean days between visits",
           [](const E&, const P& p) { return std::log1p(GapsOf(p).mean); });
  list.Add("log_gap_deviation", "standard deviation of the days between visits",
           [](const E&, const P& p) { return std::log1p(GapsOf(p).deviation); });
  list.Add("log_gap_longest", "longest time between visits",
           [](const E&, const P& p) { return std::log1p(GapsOf(p).longest); });
  list.Add("log_gap_last", "days between the last two visits",
           [](const E&, const P& p) { return std::log1p(GapsOf(p).last); });
  list.Add("gap_now", "log of the days since the last visit over the mean gap",
           [](const E& e, const P& p) {
             return std::log1p(DaysBetween(p.last_positive, e.cutoff)) - std::log1p(GapsOf(p).mean);
           });
  list.Add("gap_now_deviations", "days since the last visit less the mean gap, in deviations",
           [](const E& e, const P& p) {
             const Gaps gaps = GapsOf(p);
             return (DaysBetween(p.last_positive, e.cutoff) - gaps.mean) / (gaps.deviation + 7);
           });
  list.Add("gap_now_rank", "share of the customer's gaps that were longer than the current one",
           [](const E& e, const P& p) { return LongerGaps(e, p); });
}

void AddRhythm(FeatureBuilder& list) {
  list.Group("rhythm");
  list.AddWindows("log_days_<W>d", "days with a positive event", true,
                  [](const E&, const P& p, size_t w) { return std::log1p(p.days[w]); });
  list.Add("log_events_per_visit", "positive events a visit", [](const E&, const P& p) {
    return std::log(p.positive_events.back() / p.visits.back());
  });
  list.Add("log_events_last_visit", "positive events of the last visit", [](const E&, const P& p) {
    return std::log1p(static_cast<double>(p.visit.back().events));
  });
  list.Add("visit_minutes", "mean minutes from the first to the last event of a visit",
           [](const E&, const P& p) { return MeanVisitMinutes(p); });
  const char* const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                              "friday", "saturday", "sunday"};
  for (size_t day = 0; day < 7; ++day) {
    list.Add(std::string("share_") + days[day], "share of the visits on that day of the week, UTC",
             [day](const E&, const P& p) { return p.weekday[day] / p.visits.back(); });
  }
  const char* const quarters[] = {"night", "morning", "afternoon", "evening"};
  for (size_t quarter = 0; quarter < 4; ++quarter) {
    list.Add(std::string("share_") + quarters[quarter],
             "share of the visits in that quarter of the day, from 0, 6, 12, 18 o'clock UTC",
             [quarter](const E&, const P& p) { return p.day_quarter[quarter] / p.visits.back(); });
  }
}

void AddBreadth(FeatureBuilder& list) {
  list.Group("breadth");
  list.Add("log_items", "distinct items of the positive events",
           [](const E&, const P& p) { return std::log1p(p.distinct_items); });
  list.Add("item_entropy", "entropy of the items, in nats",
           [](const E&, const P& p) { return p.item_entropy; });
  list.Add("top_item_share", "share of the positive events with the most frequent item",
           [](const E&, const P& p) { return p.top_item_events / p.positive_events.back(); });
  list.Add("repeat_share", "share of the items that came in more than one visit",
           [](const E&, const P& p) { return p.items_repeated / p.distinct_items; });
  list.Add("new_item_share_90d", "share of the items of the last 90 days that were new then",
           [](const E&, const P& p) { return Ratio(p.new_items_recent, p.items_recent); });
  list.Add("new_item_share_last_visit", "share of the items of the last visit that were new then",
           [](const E&, const P& p) { return Ratio(p.new_items_last_visit, p.items_last_visit); });
}

void AddItems(FeatureBuilder& list) {
  using Sums = P::ItemSums;
  const auto add = [&](const std::string& name, const std::string& meaning, double Sums::*sum) {
    list.Add(name, meaning,
             [sum](const E&, const P& p) { return p.items.*sum / p.positive_events.back(); });
    list.Add(name + "_last_visit", "the same over the items of the last visit",
             [sum](const E&, const P& p) {
               return p.last_visit_items.*sum / static_cast<double>(p.visit.back().events);
             });
  };
  list.Group("items");
  list.Add("item_return_share",
           "mean over the items of the share of their earlier customers that came back lately",
           [](const E&, const P& p) {
             return p.return_share_known ? p.items.return_share / p.positive_events.back()
                                         : kNothing;
           });
  list.Add("item_return_share_last_visit", "the same over the items of the last visit",
           [](const E&, const P& p) {
             return p.return_share_known ? p.last_visit_items.return_share /
                                               static_cast<double>(p.visit.back().events)
                                         : kNothing;
           });
  add("item_popularity", "mean log of the events that the items had, of all customers",
      &Sums::log_events);
  add("item_growth", "mean log of the share of them in the last 30 days", &Sums::growth);
}

void AddMonths(FeatureBuilder& list, const SnapshotSpec& spec) {
  list.Group("months");
  for (size_t month = 0; month < MonthsOf(spec); ++month) {
    list.Add("month_" + std::to_string(month + 1),
             "1 with a visit in that month of 30 days, counted back from the cutoff",
             [month](const E&, const P& p) { return p.month[month] != 0 ? 1.0 : 0.0; });
  }
  list.Add("months_active", "months with a visit, of the last twelve",
           [](const E&, const P& p) { return MonthsActive(p); });
  list.Add("months_share", "the same as a share of those since the first visit",
           [](const E& e, const P& p) {
             const double since = std::floor(DaysBetween(p.first_positive, e.cutoff) / 30) + 1;
             return MonthsActive(p) / std::min(since, static_cast<double>(p.month.size()));
           });
}

void AddNegativeAndSeason(FeatureBuilder& list, const SnapshotSpec& spec) {
  list.Group("negative");
  list.AddWindows("negative_share_<W>d", "share of negative events", true,
                  [](const E&, const P& p, size_t w) {
                    return Ratio(p.negative_events[w], p.negative_events[w] + p.positive_events[w]);
                  });
  list.Add(
      "negative_value_share", "share of negative values in the window", [](const E&, const P& p) {
        return Ratio(p.negative_value.back(), p.negative_value.back() + p.positive_value.back());
      });
  list.Add("log_negative_recency", "days since the last negative event",
           [](const E& e, const P& p) { return LogDaysSince(p.last_negative, e.cutoff); });
  list.Add("last_is_negative", "1 where the last event was negative",
           [](const E&, const P& p) { return p.last_is_negative ? 1.0 : 0.0; });
  if (spec.window < 365 * kMicrosPerDay) return;
  list.Group("season");
  list.Add("log_visits_season", "visits in the span of the horizon, a year earlier",
           [](const E&, const P& p) { return std::log1p(p.season_visits); });
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
