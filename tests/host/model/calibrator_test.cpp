#include "host/model/calibrator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "host/core/errors.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

CalibrationRecord SomeRecord(CalibrationMethod method) {
  CalibrationRecord record;
  record.judged_by = "cross-fitting";
  record.uncalibrated = {0.5, 0.2, 0.03};
  record.tried = {{CalibrationMethod::kBeta, {0.4, 0.1, 1.0 / 3}}};
  record.kept.emplace();
  record.kept->method = method;
  record.kept->a = 0.4;
  record.kept->b = method == CalibrationMethod::kBeta ? 1.3 : 0.4;
  record.kept->c = -0.7;
  if (method != CalibrationMethod::kIsotonic) return record;
  record.kept->log_odds = {-2, 0.5, 3};
  record.kept->probability = {0.1, 0.4, 0.9};
  return record;
}

TEST(Calibrator, EachMethodIsItsFormula) {
  const auto at = [](CalibrationMethod method, double x) {
    return CalibratedProbability(*SomeRecord(method).kept, x);
  };
  const double p = 1 / (1 + std::exp(-0.3));
  EXPECT_NEAR(at(CalibrationMethod::kPlatt, 0.3), 1 / (1 + std::exp(-(0.4 * 0.3 - 0.7))), 1e-15);
  EXPECT_NEAR(at(CalibrationMethod::kBeta, 0.3),
              1 / (1 + std::exp(-(0.4 * std::log(p) - 1.3 * std::log(1 - p) - 0.7))), 1e-15);
  EXPECT_EQ(at(CalibrationMethod::kIsotonic, -9), 0.1);
  EXPECT_EQ(at(CalibrationMethod::kIsotonic, -2), 0.1);
  EXPECT_NEAR(at(CalibrationMethod::kIsotonic, -0.75), 0.25, 1e-15);
  EXPECT_EQ(at(CalibrationMethod::kIsotonic, 3), 0.9);
  EXPECT_EQ(at(CalibrationMethod::kIsotonic, 99), 0.9);
}

TEST(Calibrator, ComesBackFromItsTextToTheBit) {
  for (const CalibrationMethod method : CalibrationMethods()) {
    const CalibrationRecord record = SomeRecord(method);
    const std::string text = CalibrationText(record);
    const CalibrationRecord again = ParseCalibration(text, "m");
    EXPECT_EQ(CalibrationText(again), text);
    EXPECT_EQ(again.tried[0].second.ece, 1.0 / 3);
    EXPECT_EQ(CalibratedProbability(*again.kept, 0.77), CalibratedProbability(*record.kept, 0.77));
  }
  CalibrationRecord none = SomeRecord(CalibrationMethod::kPlatt);
  none.kept.reset();
  EXPECT_FALSE(ParseCalibration(CalibrationText(none), "m").kept);
}

TEST(Calibrator, DamageIsRefusedWithAReason) {
  struct Case {
    CalibrationMethod method;
    const char* patch;  // a JSON merge patch
    const char* message;
  };
  const CalibrationMethod platt = CalibrationMethod::kPlatt;
  const CalibrationMethod beta = CalibrationMethod::kBeta;
  const CalibrationMethod isotonic = CalibrationMethod::kIsotonic;
  const Case cases[] = {
      {platt, R"({"judged_by":null})", "calibration.judged_by"},
      {platt, R"({"uncalibrated":{"brier":"x"}})", "calibration.uncalibrated.brier"},
      {platt, R"({"tried":{"gamma":{}}})", "'gamma'"},
      {platt, R"({"kept":{"method":"gamma"}})", "'gamma'"},
      {platt, R"({"kept":{"a":0}})", "does not rise"},
      {platt, R"({"kept":{"a":-1}})", "does not rise"},
      {platt, R"({"kept":{"c":null}})", "calibration.kept.c"},
      {platt, R"({"kept":{"c":"0"}})", "calibration.kept.c"},
      {beta, R"({"kept":{"b":-0.5}})", "calibration.kept.b"},
      {beta, R"({"kept":{"b":null}})", "calibration.kept.b"},
      {isotonic, R"({"kept":{"log_odds":[-2,0.5]}})", "3 numbers for 2 knots"},
      {isotonic, R"({"kept":{"log_odds":[],"probability":[]}})", "0 numbers"},
      {isotonic, R"({"kept":{"log_odds":[-2,-2,3]}})", "number 1 does not rise"},
      {isotonic, R"({"kept":{"probability":[0.1,0.05,0.9]}})", "number 1 falls"},
      {isotonic, R"({"kept":{"probability":[0.1,0.4,1.0]}})", "number 2 is no probability"},
      {isotonic, R"({"kept":{"probability":{"a":1}}})", "a list of numbers"},
  };
  for (const Case& one : cases) {
    Json json = Json::parse(CalibrationText(SomeRecord(one.method)));
    json.merge_patch(Json::parse(one.patch));
    try {
      ParseCalibration(json.dump(), "DIR/manifest.json");
      ADD_FAILURE() << one.patch << " was taken";
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(one.message));
      EXPECT_THAT(error.what(), HasSubstr("DIR/manifest.json"));
    }
  }
}

}  // namespace
}  // namespace tidewright
