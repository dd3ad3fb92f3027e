#include "host/data/import/csv_plan.h"

#include <algorithm>
#include <set>

#include "host/core/errors.h"
#include "host/data/import/column_finder.h"

namespace tidewright {
namespace {

// Names become HDF5 links.
void CheckNames(const std::vector<ColumnChoice>& choices, const std::string& flag,
                std::set<std::string> taken) {
  for (const ColumnChoice& choice : choices) {
    if (choice.name.empty() || choice.name == "." || choice.name.find('/') != std::string::npos) {
      throw UsageError(flag + " " + choice.column + ": '" + choice.name +
                       "' cannot name a column of the log; give " + flag + " " + choice.column +
                       "=NAME without a slash");
    }
    if (!taken.insert(choice.name).second) {
      throw UsageError(flag + " " + choice.column + ": the log already has a column '" +
                       choice.name + "' there; give " + flag + " " + choice.column + "=NAME");
    }
  }
}

std::vector<CsvPlan::Named> FindAll(const ColumnFinder& find,
                                    const std::vector<ColumnChoice>& choices,
                                    const std::string& flag) {
  std::vector<CsvPlan::Named> result;
  for (const ColumnChoice& choice : choices) {
    result.push_back({choice.name, find(choice.column, flag)});
  }
  return result;
}

uint8_t SignalRow(const std::string& name, std::vector<std::string>* names) {
  const auto found = std::find(names->begin(), names->end(), name);
  const size_t row = static_cast<size_t>(found - names->begin());
  if (found == names->end()) names->push_back(name);
  if (names->size() > kMaxSignals) throw UsageError("--signal-rule: at most 255 signals");
  return static_cast<uint8_t>(row);
}

}  // namespace

void CheckCsvOptions(const CsvImportOptions& options) {
  if (options.user.empty()) throw UsageError("--user: give the column that holds the user");
  if (options.item.empty()) throw UsageError("--item: give the column that holds the item");
  if (!options.signal.empty() && !options.signal_rules.empty()) {
    throw UsageError("--signal and --signal-rule exclude each other; give one of them");
  }
  if (options.value_abs && options.value.empty()) {
    throw UsageError("--value-abs needs --value COL");
  }
  if (!options.timestamp_format.empty() && options.timestamp.empty()) {
    throw UsageError("--timestamp-format needs --timestamp COL");
  }
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    throw UsageError("--delimiter: a quote or a line break cannot separate fields");
  }
  if (options.min_user_items < 0) {
    throw UsageError("--min-user-items " + std::to_string(options.min_user_items) +
                     ": expected 0 or more");
  }
  CheckNames(options.keep, "--keep", {"user", "item", "timestamp", "signal", "value"});
  CheckNames(options.item_columns, "--item-column", {"id"});
  CheckNames(options.user_columns, "--user-column", {"id"});
  for (const auto& [name, rule] : options.signal_rules) {
    if (name.empty()) throw UsageError("--signal-rule '" + rule + "': give 'NAME: RULE'");
    ParseFieldRule(rule, "--signal-rule");
  }
  for (const std::string& rule : options.drop_rules) ParseFieldRule(rule, "--drop-rule");
  if (!options.timestamp_format.empty()) TimeParser::FromFormat(options.timestamp_format);
}

CsvPlan MakeCsvPlan(const CsvImportOptions& options,
                    const std::vector<std::string_view>& first_record) {
  CsvPlan plan;
  plan.quotes = options.quotes;
  plan.latin1 = options.latin1;
  plan.skip_bad_lines = options.skip_bad_lines;
  plan.value_abs = options.value_abs;
  plan.header = ColumnNames(first_record, options.header);
  const ColumnFinder find(plan.header, options.path, options.header);
  plan.user = find(options.user, "--user");
  plan.item = find(options.item, "--item");
  plan.timestamp = find.Optional(options.timestamp, "--timestamp");
  plan.signal = find.Optional(options.signal, "--signal");
  plan.value = find.Optional(options.value, "--value");
  plan.keep = FindAll(find, options.keep, "--keep");
  plan.item_columns = FindAll(find, options.item_columns, "--item-column");
  plan.user_columns = FindAll(find, options.user_columns, "--user-column");
  for (const std::string& text : options.drop_rules) {
    FieldRule rule = ParseFieldRule(text, "--drop-rule");
    const size_t column = find(rule.column, "--drop-rule");
    plan.drop_rules.push_back({std::move(rule), column});
  }
  std::string default_signal = options.default_signal;
  if (default_signal.empty() && !plan.signal && options.signal_rules.empty()) {
    default_signal = "event";
  }
  if (!default_signal.empty()) {
    plan.default_signal = SignalRow(default_signal, &plan.signal_names);
  }
  for (const auto& [name, text] : options.signal_rules) {
    FieldRule rule = ParseFieldRule(text, "--signal-rule");
    const size_t column = find(rule.column, "--signal-rule");
    plan.signal_rules.push_back({std::move(rule), column, SignalRow(name, &plan.signal_names)});
  }
  if (!options.timestamp_format.empty()) {
    plan.time = TimeParser::FromFormat(options.timestamp_format);
  }
  return plan;
}

}  // namespace tidewright
