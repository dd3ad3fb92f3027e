#include "host/data/import/field_rule.h"

#include <algorithm>
#include <utility>

#include "host/core/errors.h"
#include "host/data/import/field_parse.h"

namespace tidewright {
namespace {

struct Verb {
  std::string_view word;
  FieldRule::Kind kind;
  bool negated;
};

// Longer words first where one begins with another.
constexpr Verb kVerbs[] = {
    {" not starts with ", FieldRule::Kind::kStartsWith, true},
    {" starts with ", FieldRule::Kind::kStartsWith, false},
    {" not ends with ", FieldRule::Kind::kEndsWith, true},
    {" ends with ", FieldRule::Kind::kEndsWith, false},
    {" not contains ", FieldRule::Kind::kContains, true},
    {" contains ", FieldRule::Kind::kContains, false},
    {" not matches ", FieldRule::Kind::kMatches, true},
    {" matches ", FieldRule::Kind::kMatches, false},
    {" not in ", FieldRule::Kind::kIn, true},
    {" in ", FieldRule::Kind::kIn, false},
    {" != ", FieldRule::Kind::kEqual, true},
    {" = ", FieldRule::Kind::kEqual, false},
    {" <= ", FieldRule::Kind::kLessEqual, false},
    {" < ", FieldRule::Kind::kLess, false},
    {" >= ", FieldRule::Kind::kGreaterEqual, false},
    {" > ", FieldRule::Kind::kGreater, false},
};

std::string Unquoted(std::string_view text) {
  text = Trimmed(text);
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const size_t comma = text.find(',');
    items.push_back(Unquoted(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

bool Compare(FieldRule::Kind kind, double left, double right) {
  switch (kind) {
    case FieldRule::Kind::kLess:
      return left < right;
    case FieldRule::Kind::kLessEqual:
      return left <= right;
    case FieldRule::Kind::kGreater:
      return left > right;
    default:
      return left >= right;
  }
}

}  // namespace

FieldRule ParseFieldRule(const std::string& text, const std::string& source) {
  FieldRule rule;
  rule.text = std::string(Trimmed(text));
  // A trailing blank lets "COL = " stand for the empty text.
  const std::string padded = rule.text + " ";
  size_t where = std::string::npos;
  const Verb* verb = nullptr;
  for (const Verb& candidate : kVerbs) {
    const size_t at = padded.find(candidate.word);
    if (at < where) {
      where = at;
      verb = &candidate;
    }
  }
  if (verb == nullptr || Trimmed(padded.substr(0, where)).empty()) {
    throw UsageError(
        source + " '" + text +
        "' is no rule; expected COL starts with TEXT, COL ends with TEXT, COL contains "
        "TEXT, COL in TEXT,TEXT, COL matches PATTERN, COL = TEXT, COL != TEXT, COL < "
        "NUMBER or COL > NUMBER");
  }
  rule.column = Unquoted(padded.substr(0, where));
  rule.kind = verb->kind;
  rule.negated = verb->negated;
  const std::string operand = padded.substr(where + verb->word.size());
  rule.operands = rule.kind == FieldRule::Kind::kIn ? SplitList(operand)
                                                    : std::vector<std::string>{Unquoted(operand)};
  if (rule.numeric()) {
    const auto number = ParseNumber(rule.operands.front());
    if (!number) {
      throw UsageError(source + " '" + text + "': '" + rule.operands.front() +
                       "' is not a number; < and > compare numbers");
    }
    rule.number = *number;
  } else if (rule.operands.front().empty() && rule.kind != FieldRule::Kind::kEqual) {
    throw UsageError(source + " '" + text +
                     "' compares with nothing; give the text after the verb");
  }
  return rule;
}

bool RuleHolds(const FieldRule& rule, std::string_view field, double number) {
  if (rule.numeric()) return Compare(rule.kind, number, rule.number);
  const std::string& operand = rule.operands.front();
  bool holds = false;
  switch (rule.kind) {
    case FieldRule::Kind::kStartsWith:
      holds = field.starts_with(operand);
      break;
    case FieldRule::Kind::kEndsWith:
      holds = field.ends_with(operand);
      break;
    case FieldRule::Kind::kContains:
      holds = field.find(operand) != std::string_view::npos;
      break;
    case FieldRule::Kind::kMatches:
      holds = MatchesPattern(field, operand);
      break;
    default:
      holds = std::find(rule.operands.begin(), rule.operands.end(), field) != rule.operands.end();
      break;
  }
  return holds != rule.negated;
}

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;  // the pattern just after the last *
  size_t retry = 0;                      // where that * would next end
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      retry = t;
      continue;
    }
    if (t == text.size() && p == pattern.size()) return true;
    if (t < text.size() && p < pattern.size()) {
      const bool literal = pattern[p] == '\\' && p + 1 < pattern.size();
      const char want = literal ? pattern[p + 1] : pattern[p];
      const bool digit = text[t] >= '0' && text[t] <= '9';
      const bool match = literal       ? text[t] == want
                         : want == '?' ? true
                         : want == '#' ? digit
                                       : text[t] == want;
      if (match) {
        ++t;
        p += literal ? 2 : 1;
        continue;
      }
    }
    if (star == std::string_view::npos || retry == text.size()) return false;
    t = ++retry;
    p = star;
  }
}

}  // namespace tidewright
