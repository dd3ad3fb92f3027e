#include "host/model/calibrator.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>

#include "host/core/errors.h"

namespace tidewright {
namespace {

using CalibrationJson = nlohmann::ordered_json;

constexpr char kCalibrationKey[] = "calibration";

double LogisticCurve(double x) {
  const double e = std::exp(-std::abs(x));
  return (x >= 0 ? 1.0 : e) / (1.0 + e);
}

// ln(1 + exp(x))
double SoftPlus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

double AtKnots(const Calibrator& calibrator, double x) {
  const std::vector<double>& knots = calibrator.log_odds;
  const auto above = std::upper_bound(knots.begin(), knots.end(), x);
  if (above == knots.begin()) return calibrator.probability.front();
  if (above == knots.end()) return calibrator.probability.back();
  const auto at = static_cast<size_t>(above - knots.begin());
  const double low = calibrator.probability[at - 1];
  const double share = (x - knots[at - 1]) / (knots[at] - knots[at - 1]);
  return low + share * (calibrator.probability[at] - low);
}

CalibrationJson QualityJson(const CalibrationQuality& quality) {
  return {{"brier", quality.brier}, {"ece", quality.ece}, {"log_loss", quality.log_loss}};
}

CalibrationJson KeptJson(const Calibrator& calibrator) {
  const std::string method = CalibrationMethodName(calibrator.method);
  switch (calibrator.method) {
    case CalibrationMethod::kPlatt:
      return {{"a", calibrator.a}, {"c", calibrator.c}, {"method", method}};
    case CalibrationMethod::kBeta:
      return {{"a", calibrator.a}, {"b", calibrator.b}, {"c", calibrator.c}, {"method", method}};
    case CalibrationMethod::kIsotonic:
      break;
  }
  return {{"log_odds", calibrator.log_odds},
          {"method", method},
          {"probability", calibrator.probability}};
}

class CalibrationParser {
 public:
  explicit CalibrationParser(std::string path) : path_(std::move(path)) {}

  CalibrationRecord Parse(const CalibrationJson& json) const {
    CalibrationRecord record;
    const CalibrationJson& judged = At(json, "judged_by", "");
    if (!judged.is_string()) Refuse("judged_by", "it is no text", "a text");
    record.judged_by = judged.get<std::string>();
    record.uncalibrated = Quality(At(json, "uncalibrated", ""), "uncalibrated");
    const CalibrationJson& tried = At(json, "tried", "");
    if (!tried.is_object()) Refuse("tried", "it is " + Kind(tried), "an object");
    for (const auto& [name, quality] : tried.items()) {
      const CalibrationMethod method = Method(name, "tried");
      record.tried.emplace_back(method, Quality(quality, "tried." + name));
    }
    if (json.contains("kept")) record.kept = Kept(json["kept"]);
    return record;
  }

 private:
  static std::string Kind(const CalibrationJson& json) { return json.type_name(); }

  [[noreturn]] void Refuse(const std::string& key, const std::string& what,
                           const std::string& expected) const {
    throw DataError({path_, std::string(kCalibrationKey) + "." + key, {}}, what, expected);
  }

  const CalibrationJson& At(const CalibrationJson& json, const std::string& name,
                            const std::string& below) const {
    const std::string key = below.empty() ? name : below + "." + name;
    if (!json.is_object() || !json.contains(name)) Refuse(key, "there is no such key", "one");
    return json[name];
  }

  double Finite(const CalibrationJson& json, const std::string& key) const {
    if (!json.is_number() || !std::isfinite(json.get<double>())) {
      Refuse(key, "it is " + (json.is_primitive() ? json.dump() : Kind(json)), "a finite number");
    }
    return json.get<double>();
  }

  CalibrationMethod Method(const std::string& name, const std::string& key) const {
    for (const CalibrationMethod method : CalibrationMethods()) {
      if (CalibrationMethodName(method) == name) return method;
    }
    Refuse(key, "no calibration is called '" + name + "'", "platt, isotonic or beta");
  }

  CalibrationQuality Quality(const CalibrationJson& json, const std::string& key) const {
    return {Finite(At(json, "log_loss", key), key + ".log_loss"),
            Finite(At(json, "brier", key), key + ".brier"),
            Finite(At(json, "ece", key), key + ".ece")};
  }

  Calibrator Kept(const CalibrationJson& json) const {
    Calibrator calibrator;
    const CalibrationJson& method = At(json, "method", "kept");
    if (!method.is_string()) Refuse("kept.method", "it is " + Kind(method), "a text");
    calibrator.method = Method(method.get<std::string>(), "kept.method");
    if (calibrator.method == CalibrationMethod::kIsotonic) {
      calibrator.log_odds = Numbers(json, "log_odds");
      calibrator.probability = Numbers(json, "probability");
      CheckKnots(calibrator);
      return calibrator;
    }
    const bool beta = calibrator.method == CalibrationMethod::kBeta;
    calibrator.a = Finite(At(json, "a", "kept"), "kept.a");
    calibrator.c = Finite(At(json, "c", "kept"), "kept.c");
    calibrator.b = beta ? Finite(At(json, "b", "kept"), "kept.b") : calibrator.a;
    if (calibrator.a < 0 || calibrator.b < 0 || calibrator.a + calibrator.b <= 0) {
      Refuse(beta && calibrator.b < 0 ? "kept.b" : "kept.a",
             "the probability does not rise with the model's", "numbers above 0");
    }
    return calibrator;
  }

  std::vector<double> Numbers(const CalibrationJson& json, const std::string& name) const {
    const CalibrationJson& list = At(json, name, "kept");
    if (!list.is_array()) Refuse("kept." + name, "it is " + Kind(list), "a list of numbers");
    std::vector<double> numbers;
    for (const CalibrationJson& number : list) numbers.push_back(Finite(number, "kept." + name));
    return numbers;
  }

  void CheckKnots(const Calibrator& calibrator) const {
    const size_t knots = calibrator.log_odds.size();
    if (knots == 0 || calibrator.probability.size() != knots) {
      Refuse("kept.probability",
             "it has " + std::to_string(calibrator.probability.size()) + " numbers for " +
                 std::to_string(knots) + " knots",
             "one a knot, and at least one");
    }
    for (size_t knot = 0; knot < knots; ++knot) {
      const double p = calibrator.probability[knot];
      const std::string at = "number " + std::to_string(knot) + " ";
      if (!(p > 0 && p < 1)) Refuse("kept.probability", at + "is no probability", "0 < p < 1");
      if (knot == 0) continue;
      if (!(calibrator.log_odds[knot] > calibrator.log_odds[knot - 1])) {
        Refuse("kept.log_odds", at + "does not rise", "knots that rise");
      }
      if (p < calibrator.probability[knot - 1]) {
        Refuse("kept.probability", at + "falls", "probabilities that never fall");
      }
    }
  }

  std::string path_;
};

}  // namespace

const std::vector<CalibrationMethod>& CalibrationMethods() {
  static const std::vector<CalibrationMethod> methods = {
      CalibrationMethod::kPlatt, CalibrationMethod::kIsotonic, CalibrationMethod::kBeta};
  return methods;
}

std::string CalibrationMethodName(CalibrationMethod method) {
  switch (method) {
    case CalibrationMethod::kPlatt:
      return "platt";
    case CalibrationMethod::kIsotonic:
      return "isotonic";
    case CalibrationMethod::kBeta:
      break;
  }
  return "beta";
}

std::string CalibratorText(const Calibrator& calibrator) { return KeptJson(calibrator).dump(); }

double CalibratedProbability(const Calibrator& calibrator, double log_odds) {
  switch (calibrator.method) {
    case CalibrationMethod::kPlatt:
      return LogisticCurve(calibrator.a * log_odds + calibrator.c);
    case CalibrationMethod::kBeta:
      return LogisticCurve(calibrator.b * SoftPlus(log_odds) - calibrator.a * SoftPlus(-log_odds) +
                           calibrator.c);
    case CalibrationMethod::kIsotonic:
      break;
  }
  return AtKnots(calibrator, log_odds);
}

std::string CalibrationText(const CalibrationRecord& record) {
  std::map<std::string, CalibrationJson> tried;
  for (const auto& [method, quality] : record.tried) {
    tried[CalibrationMethodName(method)] = QualityJson(quality);
  }
  CalibrationJson json = {{"judged_by", record.judged_by}};
  if (record.kept) json["kept"] = KeptJson(*record.kept);
  json["tried"] = tried;
  json["uncalibrated"] = QualityJson(record.uncalibrated);
  return json.dump();
}

CalibrationRecord ParseCalibration(const std::string& json, const std::string& path) {
  return CalibrationParser(path).Parse(CalibrationJson::parse(json));
}

}  // namespace tidewright
