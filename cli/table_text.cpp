#include "cli/table_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/text.h"

namespace tidewright {
namespace {

constexpr int kMaxNameWidth = 40;
constexpr int kNameGap = 2;

int LengthInCodePoints(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string ValuesText(const ColumnSummary& column, int64_t rows) {
  if (column.missing == rows) return "none";
  switch (column.kind) {
    case FeatureKind::kNumber:
      return SignificantText(column.min) + " to " + SignificantText(column.max) + ", mean " +
             SignificantText(column.mean, 4);
    case FeatureKind::kBoolean:
      return PercentText(column.mean) + " true";
    case FeatureKind::kCategory:
      return CountText(column.categories) + ": " + column.frequent_category + " " +
             PercentText(column.frequent_share);
  }
  return "";
}

std::string LabelText(const TableSummary& summary) {
  return summary.label_name + ": " + CountText(summary.label_ones) + " of " +
         CountText(summary.rows) + " rows (" +
         PercentText(Share(summary.label_ones, summary.rows)) + ")";
}

}  // namespace

std::string ColumnsText(const TableSummary& summary) {
  int width = 6;
  for (const ColumnSummary& column : summary.columns) {
    width = std::max(width, LengthInCodePoints(column.name));
  }
  width = std::min(width, kMaxNameWidth);
  const std::string gap(kNameGap, ' ');
  std::string text = PadRight("column", width) + gap + PadRight("kind", 8) + PadLeft("missing", 9) +
                     gap + "values\n";
  for (const ColumnSummary& column : summary.columns) {
    text +=
        PadRight(column.name, width) + gap + PadRight(FeatureKindName(column.kind), 8) +
        PadLeft(column.missing == 0 ? "-" : PercentText(Share(column.missing, summary.rows)), 9) +
        gap + ValuesText(column, summary.rows) + "\n";
  }
  return text;
}

std::string TableSummaryText(const TableSummary& summary) {
  const auto row = [](const std::string& name, const std::string& value) {
    return PadRight(name, 22) + value + "\n";
  };
  std::string text = row("layout", "feature table") + row("rows", CountText(summary.rows)) +
                     row("columns", CountText(static_cast<int64_t>(summary.columns.size()))) +
                     row("label", summary.label_name.empty() ? "none" : LabelText(summary));
  if (summary.weight_sum) text += row("weights", "sum " + SignificantText(*summary.weight_sum));
  if (summary.groups) text += row("groups", CountText(*summary.groups));
  text += row("ids", summary.has_ids ? "present" : "none");
  return text + row("fingerprint", summary.fingerprint) + "\n" + ColumnsText(summary);
}

std::string TableSummaryJson(const TableSummary& summary) {
  using OrderedJson = nlohmann::ordered_json;
  OrderedJson columns = OrderedJson::array();
  for (const ColumnSummary& column : summary.columns) {
    OrderedJson json = {{"name", column.name},
                        {"kind", FeatureKindName(column.kind)},
                        {"missing", column.missing},
                        {"missing_share", Share(column.missing, summary.rows)}};
    const bool has_values = column.missing < summary.rows;
    if (column.kind == FeatureKind::kCategory) {
      json["categories"] = column.categories;
      if (has_values) {
        json["frequent"] = {{"category", column.frequent_category},
                            {"share", column.frequent_share}};
      }
    } else if (has_values) {
      json.update({{"min", column.min}, {"max", column.max}, {"mean", column.mean}});
    }
    columns.push_back(std::move(json));
  }
  OrderedJson json = {{"path", summary.path}, {"layout", "feature table"}, {"rows", summary.rows}};
  if (!summary.label_name.empty()) {
    json["label"] = {{"name", summary.label_name},
                     {"ones", summary.label_ones},
                     {"share", Share(summary.label_ones, summary.rows)}};
  }
  if (summary.weight_sum) json["weight_sum"] = *summary.weight_sum;
  if (summary.groups) json["groups"] = *summary.groups;
  json["ids"] = summary.has_ids;
  json["columns"] = std::move(columns);
  json["fingerprint"] = summary.fingerprint;
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tidewright
