#include "host/data/import/csv_block.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "host/data/import/delimited.h"

namespace tidewright {
namespace {

class BlockParser {
 public:
  BlockParser(const CsvPlan& plan, CsvBlock* result) : plan_(plan), result_(*result) {
    result_.dropped_by_rule.assign(plan.drop_rules.size(), 0);
    result_.events.extra.resize(plan.keep.size());
    result_.user_texts.resize(plan.user_columns.size());
    result_.item_texts.resize(plan.item_columns.size());
    numbers_.resize(plan.keep.size());
  }

  // Says what is wrong with the line, or nothing.
  std::string Record(const std::vector<std::string_view>& fields) {
    if (fields.size() != plan_.header.size()) {
      return std::to_string(fields.size()) + " fields; expected " +
             std::to_string(plan_.header.size());
    }
    const std::string_view user = Trimmed(fields[plan_.user]);
    if (user.empty()) return Drop(&result_.missing_user);
    const std::string_view item = Trimmed(fields[plan_.item]);
    if (item.empty()) return Drop(&result_.missing_item);
    std::string problem;
    for (size_t i = 0; i < plan_.drop_rules.size(); ++i) {
      if (Holds(plan_.drop_rules[i], fields, &problem)) return Drop(&result_.dropped_by_rule[i]);
      if (!problem.empty()) return problem;
    }
    int32_t signal = -1;
    if (!Signal(fields, &signal, &problem)) return problem;
    if (signal < 0) return Drop(&result_.missing_signal);
    int64_t time = 0;
    double value = 1;
    if (!Values(fields, &time, &value, &problem)) return problem;
    Append(fields, user, item, signal, time, value);
    return problem;
  }

 private:
  static std::string Drop(int64_t* count) {
    ++*count;
    return {};
  }
  std::string NotANumber(size_t column, std::string_view field) const {
    return "column '" + plan_.header[column] + "' is " + Shown(field) + "; expected a number";
  }
  bool Holds(const CsvPlan::Rule& rule, const std::vector<std::string_view>& fields,
             std::string* problem) const {
    const std::string_view field = Trimmed(fields[rule.column]);
    double number = 0;
    if (rule.rule.numeric()) {
      const std::optional<double> parsed = ParseNumber(field);
      if (!parsed) {
        *problem = NotANumber(rule.column, field);
        return false;
      }
      number = *parsed;
    }
    return RuleHolds(rule.rule, field, number);
  }
  // The row in the plan's or, with a signal column, in the block's signals; -1 where there is none.
  bool Signal(const std::vector<std::string_view>& fields, int32_t* signal, std::string* problem) {
    if (plan_.signal) {
      std::string_view name = Trimmed(fields[*plan_.signal]);
      if (name.empty() && plan_.default_signal) name = plan_.signal_names[*plan_.default_signal];
      if (name.empty()) return true;
      *signal = result_.signals.Intern(name);
      if (*signal < 255) return true;
      *problem = "the 256th signal of column '" + plan_.header[*plan_.signal] +
                 "'; expected at most 255 (is it the right column?)";
      return false;
    }
    for (const CsvPlan::Rule& rule : plan_.signal_rules) {
      if (Holds(rule, fields, problem)) {
        *signal = rule.signal;
        return true;
      }
      if (!problem->empty()) return false;
    }
    if (plan_.default_signal) *signal = *plan_.default_signal;
    return true;
  }
  bool Values(const std::vector<std::string_view>& fields, int64_t* time, double* value,
              std::string* problem) {
    if (plan_.timestamp) {
      const std::string_view field = fields[*plan_.timestamp];
      // Lines of one order or one session mostly share their time and their user.
      if (field != latest_time_text_) {
        const std::optional<int64_t> parsed = plan_.time->Parse(field);
        if (!parsed) {
          *problem = "column '" + plan_.header[*plan_.timestamp] + "' is " + Shown(field) +
                     "; expected a time as " + plan_.time->format();
          return false;
        }
        latest_time_text_ = field;
        latest_time_ = *parsed;
      }
      *time = latest_time_;
    }
    if (plan_.value && !Number(fields, *plan_.value, value, problem)) return false;
    if (plan_.value_abs) *value = std::fabs(*value);
    for (size_t i = 0; i < plan_.keep.size(); ++i) {
      if (!Number(fields, plan_.keep[i].column, &numbers_[i], problem)) return false;
    }
    return true;
  }
  bool Number(const std::vector<std::string_view>& fields, size_t column, double* number,
              std::string* problem) const {
    const std::optional<double> parsed = ParseNumber(fields[column]);
    // The log stores float: a number beyond it would become infinite.
    if (parsed && std::isfinite(static_cast<float>(*parsed))) {
      *number = *parsed;
      return true;
    }
    *problem = NotANumber(column, fields[column]);
    return false;
  }
  void Append(const std::vector<std::string_view>& fields, std::string_view user,
              std::string_view item, int32_t signal, int64_t time, double value) {
    EventChunk& events = result_.events;
    if (user != latest_user_) {
      latest_user_ = user;
      latest_user_row_ = result_.users.Intern(user);
    }
    const int32_t user_row = latest_user_row_;
    const int32_t item_row = result_.items.Intern(item);
    events.user.push_back(user_row);
    events.item.push_back(item_row);
    if (plan_.timestamp) events.timestamp.push_back(time);
    events.signal.push_back(static_cast<uint8_t>(signal));
    if (plan_.value) events.value.push_back(static_cast<float>(value));
    for (size_t i = 0; i < plan_.keep.size(); ++i) {
      events.extra[i].push_back(static_cast<float>(numbers_[i]));
    }
    for (size_t i = 0; i < plan_.user_columns.size(); ++i) {
      result_.user_texts[i].Add(user_row, Trimmed(fields[plan_.user_columns[i].column]));
    }
    for (size_t i = 0; i < plan_.item_columns.size(); ++i) {
      result_.item_texts[i].Add(item_row, Trimmed(fields[plan_.item_columns[i].column]));
    }
  }

  const CsvPlan& plan_;
  CsvBlock& result_;
  std::vector<double> numbers_;
  std::string_view latest_time_text_;  // views into the block
  int64_t latest_time_ = 0;
  std::string_view latest_user_;
  int32_t latest_user_row_ = -1;
};

}  // namespace

CsvBlock ParseCsvBlock(const CsvPlan& plan, RecordBlock block, int64_t skip) {
  CsvBlock result;
  if (plan.latin1) block = Latin1ToUtf8(block);
  const bool check_fields = FindInvalidUtf8(block.text()) != std::string_view::npos;
  RecordScanner scanner(block, plan.delimiter, plan.quotes);
  BlockParser parser(plan, &result);
  while (scanner.Next()) {
    if (skip > 0) {
      --skip;
      continue;
    }
    ++result.records;
    std::string problem;
    if (scanner.error() != nullptr) {
      problem = scanner.error();
    } else if (check_fields && !AllUtf8(scanner.fields())) {
      problem = NotTextProblem(plan.latin1);
    } else {
      problem = parser.Record(scanner.fields());
    }
    if (problem.empty()) continue;
    if (result.bad++ == 0 || scanner.unterminated()) {
      result.first_bad = std::move(problem);
      result.first_bad_line = scanner.line();
      result.unterminated = scanner.unterminated();
    }
    if (!plan.skip_bad_lines) break;
  }
  result.lines = scanner.lines_passed();
  return result;
}

}  // namespace tidewright
