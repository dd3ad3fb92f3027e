#include "cli/explanation_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/text.h"
#include "host/logistic/logistic_core.h"
#include "host/metrics/calibration.h"

namespace tidewright {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSum = 9;    // width of "+0.8215"
constexpr int kMost = 44;  // of "Contract is Month-to-month"

std::string SignedText(double value, int decimals) {
  return (value < 0 ? "-" : "+") + FixedText(std::abs(value), decimals);
}

// "1,289", "51.3".
std::string AmountText(double amount) {
  const double whole = std::round(amount);
  // A logarithm in float says a whole number to so much.
  if (std::abs(amount - whole) <= 1e-5 * std::max(1.0, std::abs(whole)) && std::abs(whole) < 1e12) {
    return CountText(static_cast<int64_t>(whole));
  }
  return std::abs(amount) >= 1000 ? CountText(static_cast<int64_t>(whole))
                                  : SignificantText(amount, 4);
}

// What people call the column: of a logarithm, what it is the logarithm of.
std::string NameOf(const ColumnReason& reason) {
  return reason.column.substr(reason.amount ? std::string("log_").size() : 0);
}

// "Contract is Month-to-month", "tenure is 1", "region is missing".
std::string ReasonText(const ColumnReason& reason) {
  std::string what = "missing";
  if (reason.amount) {
    what = AmountText(*reason.amount);
  } else if (!reason.category.empty()) {
    what = reason.category + (reason.is_missing ? " (new to the model)" : "");
  } else if (!reason.is_missing) {
    what = reason.kind == FeatureKind::kBoolean ? (reason.value != 0 ? "true" : "false")
                                                : SignificantText(reason.value);
  }
  return NameOf(reason) + " is " + what;
}

std::string OthersText(int64_t count, const std::string& what) {
  return CountText(count) + " other " + what + (count == 1 ? "" : "s together");
}

// Lines of a reason, what it adds and what that does to the probability so far.
class ReasonLines {
 public:
  ReasonLines(double base, int width) : at_(base), width_(width) {}

  void Add(const std::string& what, double log_odds) {
    const double before = ProbabilityOf(at_);
    at_ += log_odds;
    text_ += "  " + PadRight(what, width_) + PadLeft(SignedText(log_odds, 2), kSum) +
             (log_odds < 0 ? "   lowers" : "   raises") + " it from " +
             PadLeft(PercentText(before), 7) + " to " +
             PadLeft(PercentText(ProbabilityOf(at_)), 7) + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  double at_;
  int width_;
  std::string text_;
};

// "value: sum of positive values in the window", of the reasons that the program made of a log.
std::string MeaningLines(const std::vector<ColumnReason>& reasons) {
  std::string text;
  for (const ColumnReason& reason : reasons) {
    if (!reason.meaning.empty()) text += "  " + NameOf(reason) + ": " + reason.meaning + "\n";
  }
  return text.empty() ? "" : "\n" + text;
}

int WidthOf(const std::vector<std::string>& texts) {
  int width = 28;
  for (const std::string& text : texts) width = std::max(width, static_cast<int>(text.size()));
  return std::min(width, kMost);
}

std::string Label(const NamedItem& item) {
  return item.name.empty() ? item.id : item.id + "  " + item.name;
}

Json ItemJson(const NamedItem& item) {
  Json json = {{"item", item.id}};
  if (!item.name.empty()) json["name"] = item.name;
  return json;
}

Json ValueJson(const ColumnReason& reason) {
  if (!reason.category.empty()) return reason.category;
  if (reason.is_missing) return nullptr;
  if (reason.kind == FeatureKind::kBoolean) return reason.value != 0;
  // The shortest decimal of the float, not that of the double nearest to it.
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), reason.value);
  return std::stod(std::string(digits, end.ptr));
}

std::string Text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string BaseText(const std::string& algorithm, double base) {
  const std::string share = PercentText(ProbabilityOf(base));
  if (algorithm == "logistic") return "A customer who is average in every column has " + share;
  return "Of a customer of whom nothing is known the trees say " + share +
         (algorithm == "hazard" ? " a period" : "");
}

}  // namespace

std::string ExplanationText(const ExplainScoreRequest& request, const ScoreExplanations& result,
                            int64_t top) {
  std::string text;
  for (const ScoreExplanation& row : result.rows) {
    if (!text.empty()) text += "\n";
    text += request.id + (result.rows.size() > 1 ? " (row " + std::to_string(row.row) + ")" : "") +
            ": probability of " + result.label_name + " " + PercentText(row.probability) + "\n" +
            (row.journey.empty() ? "" : row.journey + ".\n") +
            BaseText(result.algorithm, row.base) + ".\n\n";
    const auto shown = std::min<int64_t>(top, static_cast<int64_t>(row.reasons.size()));
    std::vector<std::string> names;
    for (int64_t i = 0; i < shown; ++i) names.push_back(ReasonText(row.reasons[i]));
    ReasonLines lines(row.base, WidthOf(names));
    double rest = row.log_odds - row.base;
    for (int64_t i = 0; i < shown; ++i) {
      lines.Add(names[i], row.reasons[i].log_odds);
      rest -= row.reasons[i].log_odds;
    }
    const int64_t others = static_cast<int64_t>(row.reasons.size()) - shown;
    if (others > 0) lines.Add(OthersText(others, "column"), rest);
    if (!result.calibration.empty()) {
      lines.Add("calibration (" + result.calibration + ")",
                LogOddsOf(row.probability) - row.log_odds);
    }
    if (result.algorithm == "hazard") {
      lines.Add("in any of the periods", LogOddsOf(row.probability) - row.log_odds);
    }
    text += lines.text();
    text += MeaningLines({row.reasons.begin(), row.reasons.begin() + shown});
  }
  return text;
}

std::string ExplanationText(const ExplainItemsRequest& request, const ItemExplanations& result,
                            int64_t top) {
  std::string text = "user " + request.user + "\n";
  for (const ItemExplanation& item : result.items) {
    text += "\n" + Label(item.item) + "\n  " + PadLeft(FixedText(item.score, 4), kSum) + "  score";
    if (std::abs(item.score - item.sum) >= 0.00005) {
      text += "; " + FixedText(item.sum, 4) + " solved anew from the history:";
    } else {
      text += ":";
    }
    text += "\n";
    const auto shown = std::min<int64_t>(top, static_cast<int64_t>(item.reasons.size()));
    double rest = item.sum;
    for (int64_t i = 0; i < shown; ++i) {
      const ItemReason& reason = item.reasons[i];
      text += "  " + PadLeft(SignedText(reason.score, 4), kSum) + "  " + Label(reason.item) + "\n";
      rest -= reason.score;
    }
    const int64_t others = static_cast<int64_t>(item.reasons.size()) - shown;
    if (others > 0) {
      text += "  " + PadLeft(SignedText(rest, 4), kSum) + "  " + OthersText(others, "item") + "\n";
    }
  }
  if (result.items.empty()) text += "   nothing is left to recommend\n";
  return text;
}

std::string ExplanationJson(const ExplainScoreRequest& request, const ScoreExplanations& result) {
  const bool a_period = result.algorithm == "hazard";
  const std::string own = a_period ? "probability_a_period" : "uncalibrated_probability";
  const std::string base = a_period ? "base_probability_a_period" : "base_probability";
  Json rows = Json::array();
  for (const ScoreExplanation& row : result.rows) {
    Json reasons = Json::array();
    for (const ColumnReason& reason : row.reasons) {
      Json one = {{"column", reason.column},
                  {"value", ValueJson(reason)},
                  {"missing", reason.is_missing},
                  {"log_odds", reason.log_odds}};
      if (reason.amount) one["amount"] = *reason.amount;
      if (!reason.meaning.empty()) one["meaning"] = reason.meaning;
      reasons.push_back(std::move(one));
    }
    Json json = {{"row", row.row},
                 {"probability", row.probability},
                 {own, ProbabilityOf(row.log_odds)},
                 {"log_odds", row.log_odds},
                 {base, ProbabilityOf(row.base)},
                 {"base_log_odds", row.base}};
    if (!row.journey.empty()) json["journey"] = row.journey;
    json["reasons"] = reasons;
    rows.push_back(std::move(json));
  }
  return Text({{"artifact", request.artifact},
               {"model", result.algorithm},
               {"id", request.id},
               {"label", result.label_name},
               {"calibration", result.calibration.empty() ? Json() : Json(result.calibration)},
               {"rows", rows}});
}

std::string ExplanationJson(const ExplainItemsRequest& request, const ItemExplanations& result) {
  Json items = Json::array();
  for (const ItemExplanation& item : result.items) {
    Json reasons = Json::array();
    for (const ItemReason& reason : item.reasons) {
      Json json = ItemJson(reason.item);
      json["value"] = reason.value;
      json["score"] = reason.score;
      reasons.push_back(json);
    }
    Json json = ItemJson(item.item);
    json["score"] = item.score;
    json["sum"] = item.sum;
    json["reasons"] = reasons;
    items.push_back(json);
  }
  return Text({{"artifact", request.artifact},
               {"model", result.algorithm},
               {"user", request.user},
               {"disliked", result.disliked},
               {"items", items}});
}

}  // namespace tidewright
