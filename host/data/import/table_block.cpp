#include "host/data/import/table_block.h"

#include <cmath>
#include <limits>
#include <utility>

#include "host/data/import/delimited.h"
#include "host/data/import/field_parse.h"

namespace tidewright {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// `lower` is in lower case.
bool EqualsAnyCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

bool IsInfinityText(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return EqualsAnyCase(text, "inf") || EqualsAnyCase(text, "infinity");
}

// "12", "+12", "-12".
bool IsWhole(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The number as the table holds it, infinite where it does not fit; nothing where it is none.
std::optional<float> ParseFloat(std::string_view text) {
  if (const std::optional<double> number = ParseNumber(text)) return static_cast<float>(*number);
  if (IsInfinityText(text)) return text.front() == '-' ? -kInfinity : kInfinity;
  // ParseNumber refuses 1e999 and 1e-999, too.
  const size_t e = text.find_first_of("eE");
  if (e == std::string_view::npos || !ParseNumber(text.substr(0, e)) ||
      !IsWhole(text.substr(e + 1))) {
    return std::nullopt;
  }
  return text[e + 1] == '-' ? 0.0f : kInfinity;
}

// The fields of the block's records, row after row, and the first that cannot be used.
class FieldBlock {
 public:
  FieldBlock(const TablePlan& plan, TableBlock* result) : plan_(plan), result_(*result) {}

  void Scan(RecordScanner* scanner, int64_t skip, bool check_fields) {
    while (scanner->Next()) {
      if (skip-- > 0) continue;
      if (scanner->error() != nullptr) return Bad(scanner->line(), scanner->error());
      const std::vector<std::string_view>& fields = scanner->fields();
      if (check_fields && !AllUtf8(fields))
        return Bad(scanner->line(), NotTextProblem(plan_.latin1));
      if (fields.size() != plan_.fields) {
        return Bad(scanner->line(), std::to_string(fields.size()) + " fields; expected " +
                                        std::to_string(plan_.fields));
      }
      for (const std::string_view field : fields) fields_.push_back(Trimmed(field));
      result_.line_of_row.push_back(static_cast<int32_t>(scanner->line()));
      ++result_.rows;
    }
  }

  void Parse() {
    result_.features.resize(plan_.features.size());
    for (size_t i = 0; i < plan_.features.size(); ++i) {
      ParseFeature(plan_.features[i], &result_.features[i]);
    }
    if (plan_.label) ParseLabel();
    if (plan_.weight) ParseWeight();
    if (plan_.group) ParseGroup();
    if (plan_.id) ParseIds();
  }

 private:
  std::string_view Field(int64_t row, size_t column) const {
    return fields_[static_cast<size_t>(row) * plan_.fields + column];
  }
  // Of several bad lines the first counts, of one line its first problem found.
  void Bad(int64_t line, std::string problem) {
    if (!result_.first_bad.empty() && result_.first_bad_line <= line) return;
    result_.first_bad = std::move(problem);
    result_.first_bad_line = line;
  }
  void BadRow(int64_t row, std::string problem) {
    Bad(result_.line_of_row[row], std::move(problem));
  }

  void ParseFeature(const TablePlan::Feature& feature, FieldChunk* chunk) {
    chunk->values.reserve(static_cast<size_t>(result_.rows));
    if (feature.kind == FeatureKind::kBoolean) return ParseBooleans(feature, chunk);
    if (!feature.as_text && ParseNumbers(feature, chunk)) return;
    *chunk = FieldChunk();
    chunk->values.reserve(static_cast<size_t>(result_.rows));
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, feature.column);
      const bool missing = IsMissingText(text);
      if (!missing) chunk->form = FieldChunk::Form::kTexts;
      chunk->values.push_back(missing ? kMissing : static_cast<float>(chunk->texts.Intern(text)));
    }
  }

  // False where some field is no number and the column may be text.
  bool ParseNumbers(const TablePlan::Feature& feature, FieldChunk* chunk) {
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, feature.column);
      if (IsMissingText(text)) {
        chunk->values.push_back(kMissing);
        continue;
      }
      const std::optional<float> number = ParseFloat(text);
      if (!number) {
        if (feature.kind != FeatureKind::kNumber) return false;
        BadRow(row, "column '" + feature.name + "' is " + Shown(text) +
                        "; expected a number (--kind " + feature.name + "=category keeps texts)");
        return true;
      }
      if (std::isinf(*number) && chunk->first_infinite < 0) chunk->first_infinite = row;
      chunk->form = FieldChunk::Form::kNumbers;
      chunk->values.push_back(*number);
    }
    return true;
  }

  void ParseBooleans(const TablePlan::Feature& feature, FieldChunk* chunk) {
    chunk->form = FieldChunk::Form::kNumbers;
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, feature.column);
      const std::optional<bool> value = ParseBoolean(text);
      if (!value && !IsMissingText(text)) {
        return BadRow(row, "column '" + feature.name + "' is " + Shown(text) +
                               "; expected 0 or 1, true or false, yes or no (--kind " +
                               feature.name + "=category keeps texts)");
      }
      chunk->values.push_back(value ? static_cast<float>(*value) : kMissing);
    }
  }

  void ParseLabel() {
    if (plan_.positive) {
      for (int64_t row = 0; row < result_.rows; ++row) {
        const std::string_view text = Field(row, *plan_.label);
        if (IsMissingText(text) && text != *plan_.positive) return BadLabel(row, text);
        result_.label.values.push_back(static_cast<float>(result_.label.texts.Intern(text)));
      }
      return;
    }
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, *plan_.label);
      const std::optional<bool> value = ParseBoolean(text);
      if (!value) return BadLabel(row, text);
      result_.label.values.push_back(static_cast<float>(*value));
    }
  }
  void BadLabel(int64_t row, std::string_view text) {
    const std::string expected = plan_.positive
                                     ? "'" + *plan_.positive + "' or one other text"
                                     : "0 or 1, true or false, yes or no (--label " +
                                           plan_.label_column + "=TEXT names the text that is 1)";
    BadRow(row, "label '" + plan_.label_column + "' is " + (text.empty() ? "blank" : Shown(text)) +
                    "; expected " + expected);
  }

  void ParseWeight() {
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, *plan_.weight);
      const std::optional<float> weight = ParseFloat(text);
      if (!weight || !(*weight >= 0) || std::isinf(*weight)) {
        return BadRow(row, "the weight is " + (text.empty() ? "blank" : Shown(text)) +
                               "; expected a finite number of 0 or more");
      }
      result_.weight.push_back(*weight);
    }
  }

  void ParseGroup() {
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, *plan_.group);
      if (text.empty()) return BadRow(row, "the group is blank; expected one for each line");
      result_.group.values.push_back(static_cast<float>(result_.group.texts.Intern(text)));
    }
  }

  void ParseIds() {
    result_.ids.Reserve(result_.rows, result_.rows * 8);
    for (int64_t row = 0; row < result_.rows; ++row) {
      const std::string_view text = Field(row, *plan_.id);
      if (text.empty()) return BadRow(row, "the id is blank; expected one for each line");
      result_.ids.Add(text);
    }
  }

  const TablePlan& plan_;
  TableBlock& result_;
  std::vector<std::string_view> fields_;
};

}  // namespace

bool IsMissingText(std::string_view text) {
  if (text.empty()) return true;
  if (text.size() > 4 || (text[0] != 'n' && text[0] != 'N')) return false;
  return EqualsAnyCase(text, "na") || EqualsAnyCase(text, "n/a") || EqualsAnyCase(text, "nan") ||
         EqualsAnyCase(text, "null");
}

std::optional<bool> ParseBoolean(std::string_view text) {
  if (text == "1" || EqualsAnyCase(text, "true") || EqualsAnyCase(text, "yes")) return true;
  if (text == "0" || EqualsAnyCase(text, "false") || EqualsAnyCase(text, "no")) return false;
  return std::nullopt;
}

TableBlock ParseTableBlock(const TablePlan& plan, RecordBlock block, int64_t skip) {
  TableBlock result;
  if (plan.latin1) block = Latin1ToUtf8(block);
  const bool check_fields = FindInvalidUtf8(block.text()) != std::string_view::npos;
  RecordScanner scanner(block, plan.delimiter, plan.quotes);
  FieldBlock fields(plan, &result);
  fields.Scan(&scanner, skip, check_fields);
  fields.Parse();
  result.lines = scanner.lines_passed();
  return result;
}

}  // namespace tidewright
