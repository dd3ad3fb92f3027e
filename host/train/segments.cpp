#include "host/train/segments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

constexpr char kMissingGroup[] = "(missing)";
constexpr size_t kMostValues = 10;  // of a number that is taken value by value

std::string ShortNumber(float value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  return {digits, end.ptr};
}

// A few values each by itself, more of them by quarters of the rows.
std::vector<std::string> BandsOf(const std::vector<float>& values) {
  std::vector<float> sorted;
  for (const float value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  const std::set<float> distinct(sorted.begin(), sorted.end());
  std::vector<float> edges;
  for (size_t quarter = 1; quarter < 4 && distinct.size() > kMostValues; ++quarter) {
    const float edge = sorted[quarter * sorted.size() / 4];
    if (edge > sorted.front() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  // Three quarters and more have the least value: that one, and all others.
  if (edges.empty() && distinct.size() > kMostValues) edges.push_back(*std::next(distinct.begin()));
  std::vector<std::string> names;
  for (const float value : values) {
    if (std::isnan(value)) {
      names.emplace_back(kMissingGroup);
    } else if (edges.empty()) {
      names.push_back(ShortNumber(value));
    } else {
      const auto above = std::upper_bound(edges.begin(), edges.end(), value);
      names.push_back(above == edges.begin() ? "below " + ShortNumber(edges.front())
                      : above == edges.end()
                          ? "from " + ShortNumber(edges.back())
                          : ShortNumber(above[-1]) + " to " + ShortNumber(*above));
    }
  }
  return names;
}

std::optional<std::vector<std::string>> GroupsByColumn(const FeatureTable& table,
                                                       const std::string& name) {
  for (const FeatureColumn& column : table.columns) {
    const FeatureDescription& about = column.description;
    if (about.name != name) continue;
    if (about.kind == FeatureKind::kNumber) return BandsOf(column.values);
    std::vector<std::string> names;
    for (const float value : column.values) {
      names.push_back(std::isnan(value) ? kMissingGroup
                      : about.kind == FeatureKind::kCategory
                          ? about.categories[static_cast<size_t>(value)]
                      : value != 0 ? "true"
                                   : "false");
    }
    return names;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> GroupsByUserColumn(const Dataset& log,
                                                           const FeatureTable& table,
                                                           const std::string& name) {
  for (const TableColumn& column : log.user_columns) {
    if (column.name != name) continue;
    if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values)) {
      std::vector<std::string> names;
      for (const int32_t user : table.group) {
        const std::string& text = (*texts)[static_cast<size_t>(user)];
        names.push_back(text.empty() ? kMissingGroup : text);
      }
      return names;
    }
    std::vector<float> values;
    for (const int32_t user : table.group) {
      values.push_back(std::get<std::vector<float>>(column.values)[static_cast<size_t>(user)]);
    }
    return BandsOf(values);
  }
  return std::nullopt;
}

std::string TenureBand(int64_t tenure) {
  constexpr int kBorders[] = {30, 90, 180, 365};
  const int64_t days = tenure / kMicrosPerDay;
  int from = 0;
  for (const int border : kBorders) {
    if (days < border) {
      char text[32];
      std::snprintf(text, sizeof(text), "%3d to %d days", from, border - 1);
      return text;
    }
    from = border;
  }
  return "365 days or more";
}

[[noreturn]] void RefuseSegment(const std::string& name, const FeatureTable& table,
                                const Dataset* log) {
  std::vector<std::string> known;
  if (log != nullptr) {
    known = {"cohort", "tenure"};
    for (const TableColumn& column : log->user_columns) known.push_back(column.name);
  }
  for (const FeatureColumn& column : table.columns) known.push_back(column.description.name);
  throw UsageError("--by " + name + ": " + table.path + " has no such column" +
                   DidYouMean(name, known) +
                   (log != nullptr ? "; expected cohort, tenure, a column of /users or of the table"
                                   : "; expected a column of the table"));
}

}  // namespace

std::vector<Segmentation> SegmentsOfLog(const Dataset& log, const FeatureTable& table,
                                        int64_t cutoff, const std::vector<std::string>& by) {
  std::vector<int64_t> first(static_cast<size_t>(log.users.size()), INT64_MAX);
  for (int64_t event = 0; event < log.log->size(); ++event) {
    int64_t& one = first[static_cast<size_t>(log.log->user[event])];
    one = std::min(one, log.log->timestamp[event]);
  }
  std::vector<Segmentation> segments;
  for (const std::string& name : by) {
    Segmentation segmentation{name, {}};
    if (name == "cohort" || name == "tenure") {
      for (const int32_t user : table.group) {
        const int64_t begin = first[static_cast<size_t>(user)];
        segmentation.of_row.push_back(name == "cohort" ? FormatTime(begin).substr(0, 7)
                                                       : TenureBand(cutoff - begin));
      }
    } else if (auto user_groups = GroupsByUserColumn(log, table, name)) {
      segmentation.of_row = std::move(*user_groups);
    } else if (auto groups = GroupsByColumn(table, name)) {
      segmentation.of_row = std::move(*groups);
    } else {
      RefuseSegment(name, table, &log);
    }
    segments.push_back(std::move(segmentation));
  }
  return segments;
}

std::vector<Segmentation> SegmentsOfTable(const FeatureTable& table,
                                          const std::vector<std::string>& by) {
  std::vector<Segmentation> segments;
  for (const std::string& name : by) {
    std::optional<std::vector<std::string>> groups = GroupsByColumn(table, name);
    if (!groups) {
      if (name == "cohort" || name == "tenure") {
        throw UsageError("--by " + name + ": " + table.path +
                         " is a feature table, which has no times; expected a column of it");
      }
      RefuseSegment(name, table, nullptr);
    }
    segments.push_back({name, std::move(*groups)});
  }
  return segments;
}

GroupReport JudgeSegments(const ScoredRows& scored, const std::vector<Segmentation>& segments) {
  GroupReport report;
  for (const Segmentation& segmentation : segments) {
    std::vector<GroupQuality> groups = JudgeGroups(scored, segmentation.of_row);
    if (segmentation.by == "cohort" || segmentation.by == "tenure") {
      std::sort(groups.begin(), groups.end(),
                [](const GroupQuality& a, const GroupQuality& b) { return a.group < b.group; });
    }
    report.emplace_back(segmentation.by, std::move(groups));
  }
  return report;
}

}  // namespace tidewright
