#include "host/hazard/hazard.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/core/time.h"
#include "host/gbdt/gbdt.h"
#include "host/gbdt/gbdt_core.h"

namespace tidewright {
namespace {

constexpr int64_t kMostDays = 36'500;

// Where period `period` begins, as the trees read it.
float BeginOf(const std::vector<int64_t>& periods, size_t period) {
  if (period == 0) return 0;
  return static_cast<float>(static_cast<double>(periods[period - 1]) /
                            static_cast<double>(kMicrosPerDay));
}

// Calls visit(row, period, left in it) for each row of the person-period data, in its order.
template <class Visit>
void ForEachAtRisk(const std::vector<Departure>& departures, const std::vector<int64_t>& periods,
                   const Visit& visit) {
  for (size_t row = 0; row < departures.size(); ++row) {
    const Departure& one = departures[row];
    for (size_t period = 0; period < periods.size() && periods[period] <= one.followed; ++period) {
      const bool leaves = one.left && one.time <= periods[period];
      visit(static_cast<int64_t>(row), period, leaves);
      if (leaves) break;
    }
  }
}

// Adds the period's column, which SetPeriod fills.
void AddPeriodColumn(FeatureTable* table) {
  FeatureColumn column;
  column.description.name = kPeriodColumn;
  column.values.resize(static_cast<size_t>(table->rows));
  table->columns.push_back(std::move(column));
}

void SetPeriod(const std::vector<int64_t>& periods, size_t period, FeatureTable* table) {
  std::vector<float>& values = table->columns.back().values;
  std::fill(values.begin(), values.end(), BeginOf(periods, period));
}

}  // namespace

std::vector<int64_t> ParsePeriods(const std::string& text) {
  std::vector<int64_t> periods;
  int64_t before = 0;
  for (const std::string& part : SplitAtCommas(text)) {
    int64_t days = 0;
    const char* end = part.data() + part.size();
    const auto parsed = std::from_chars(part.data(), end, days);
    if (parsed.ec != std::errc() || parsed.ptr != end || days <= before || days > kMostDays) {
      throw UsageError("--periods is '" + text +
                       "'; expected whole days that rise from 1 on, as in 7,30,60,90");
    }
    periods.push_back(days * kMicrosPerDay);
    before = days;
  }
  if (periods.size() < 2) {
    throw UsageError("--periods is '" + text +
                     "'; expected two or more, as in 7,30,60,90; for one, train gbdt");
  }
  return periods;
}

std::string PeriodName(int64_t end) {
  char days[32];
  const auto written = std::to_chars(days, days + sizeof(days),
                                     static_cast<double>(end) / static_cast<double>(kMicrosPerDay));
  return std::string(days, written.ptr) + "d";
}

PeriodCount CountPeriods(const std::vector<Departure>& departures,
                         const std::vector<int64_t>& periods) {
  std::vector<int64_t> seen(periods.size(), 0);
  PeriodCount count;
  ForEachAtRisk(departures, periods, [&](int64_t, size_t period, bool leaves) {
    ++seen[period];
    ++count.rows;
    count.leaving += leaves ? 1 : 0;
  });
  for (size_t period = 0; period < periods.size(); ++period) {
    if (seen[period] > 0) continue;
    throw DataError("nobody is followed to the end of the period of " +
                    PeriodName(periods[period]) +
                    " and a horizon beyond it: its hazard cannot be learned; expected an earlier "
                    "--cutoff, more --cutoffs, or shorter --periods or --horizon");
  }
  return count;
}

FeatureTable ExpandPeriods(const FeatureTable& table, const std::vector<Departure>& departures,
                           const std::vector<int64_t>& periods) {
  const auto count = static_cast<size_t>(CountPeriods(departures, periods).rows);
  std::vector<int64_t> rows;
  std::vector<float> begin;
  std::vector<float> label;
  rows.reserve(count);
  begin.reserve(count);
  label.reserve(count);
  ForEachAtRisk(departures, periods, [&](int64_t row, size_t period, bool leaves) {
    rows.push_back(row);
    begin.push_back(BeginOf(periods, period));
    label.push_back(leaves ? 1.0f : 0.0f);
  });
  FeatureTable expanded;
  expanded.rows = static_cast<int64_t>(rows.size());
  for (const FeatureColumn& column : table.columns) {
    FeatureColumn& copy = expanded.columns.emplace_back();
    copy.description = column.description;
    copy.values.reserve(rows.size());
    for (const int64_t row : rows) copy.values.push_back(column.values[row]);
  }
  for (const int64_t row : rows) expanded.group.push_back(table.group[row]);
  FeatureColumn& period = expanded.columns.emplace_back();
  period.description.name = kPeriodColumn;
  period.values = std::move(begin);
  expanded.label = std::move(label);
  expanded.label_name = table.label_name;
  expanded.path = table.path;
  return expanded;
}

std::vector<std::vector<double>> LeavingProbabilities(const HazardModel& model,
                                                      FeatureTable table) {
  AddPeriodColumn(&table);
  std::vector<double> stays(static_cast<size_t>(table.rows), 1.0);
  std::vector<std::vector<double>> leaving;
  for (size_t period = 0; period < model.periods.size(); ++period) {
    SetPeriod(model.periods, period, &table);
    const std::vector<float> margins = TreeMargins(model.trees, table);
    std::vector<double>& left = leaving.emplace_back(stays.size());
    for (size_t row = 0; row < stays.size(); ++row) {
      stays[row] *= 1.0 - static_cast<double>(PortableProbability(margins[row]));
      left[row] = 1.0 - stays[row];
    }
  }
  return leaving;
}

std::vector<double> HazardContributions(const HazardModel& model, FeatureTable table) {
  AddPeriodColumn(&table);
  const size_t columns = table.columns.size() - 1;
  const auto periods = static_cast<double>(model.periods.size());
  std::vector<double> mean(static_cast<size_t>(table.rows) * (columns + 1), 0.0);
  for (size_t period = 0; period < model.periods.size(); ++period) {
    SetPeriod(model.periods, period, &table);
    const std::vector<double> parts = TreeShap(model.trees, table);
    for (size_t row = 0; row < static_cast<size_t>(table.rows); ++row) {
      const double* part = parts.data() + row * (columns + 2);
      double* to = mean.data() + row * (columns + 1);
      for (size_t column = 0; column < columns; ++column) to[column] += part[column] / periods;
      to[columns] += (part[columns] + part[columns + 1]) / periods;
    }
  }
  return mean;
}

}  // namespace tidewright
