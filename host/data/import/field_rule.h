#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_FIELD_RULE_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_FIELD_RULE_H_

#include <string>
#include <string_view>
#include <vector>

namespace tidewright {

// A condition on one column, in words: "InvoiceNo starts with C", "Quantity < 0",
// "StockCode in POST,D,M", "StockCode not matches #####*".
struct FieldRule {
  enum class Kind {
    kStartsWith,
    kEndsWith,
    kContains,
    kMatches,
    kIn,
    kEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual
  };
  std::string text;  // as it was written, without the signal's name
  std::string column;
  Kind kind = Kind::kEqual;
  bool negated = false;
  std::vector<std::string> operands;  // one, or the list of `in`
  double number = 0;                  // of < <= > >=

  bool numeric() const { return kind >= Kind::kLess; }
};

// Forms: COL = TEXT, COL != TEXT, COL < NUMBER (also <= > >=), and with an optional `not` before
// the verb COL starts with TEXT, COL ends with TEXT, COL contains TEXT, COL in TEXT,TEXT,…, COL
// matches PATTERN. TEXT may stand in single or double quotes. `source` names the flag. Throws
// UsageError with the forms.
FieldRule ParseFieldRule(const std::string& text, const std::string& source);

// Whether a field meets the rule; a numeric rule's field comes as a number, too.
bool RuleHolds(const FieldRule& rule, std::string_view field, double number);

// The whole text against a pattern: * stands for any run of bytes, ? for one, # for a digit; a
// backslash takes the next character as it is.
bool MatchesPattern(std::string_view text, std::string_view pattern);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_FIELD_RULE_H_
