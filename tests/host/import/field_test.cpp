#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/import/field_parse.h"
#include "host/data/import/field_rule.h"

namespace tidewright {
namespace {

std::string Formatted(const std::string& format, const std::string& text) {
  const auto time = TimeParser::FromFormat(format).Parse(text);
  return time ? FormatTime(*time) : "none";
}

std::string FormatOf(const std::string& sample) {
  return TimeParser::FromSample(sample, "when").format();
}

TEST(ParseNumber, ReadsDecimalNumbersExactly) {
  EXPECT_EQ(ParseNumber("12"), 12.0);
  EXPECT_EQ(ParseNumber("-2.55"), -2.55);
  EXPECT_EQ(ParseNumber("+4."), 4.0);
  EXPECT_EQ(ParseNumber(" .5\t"), 0.5);
  EXPECT_EQ(ParseNumber("1e-3"), 1e-3);
  EXPECT_EQ(ParseNumber("0.1234567890123456789"), 0.1234567890123456789);
  EXPECT_EQ(ParseNumber("123456789012345678"), 123456789012345678.0);
  EXPECT_EQ(ParseNumber("-0"), 0.0);
}

TEST(ParseNumber, RefusesWhatIsNoFiniteNumber) {
  for (const char* text : {"", " ", ".", "-", "+", "+-1", "--1", "1,5", "1 2", "0x10", "nan", "inf",
                           "1e999", "12a", "1.2.3"}) {
    EXPECT_FALSE(ParseNumber(text).has_value()) << text;
  }
}

TEST(TimeParser, TellsTheFormatFromTheFirstTime) {
  EXPECT_EQ(FormatOf("2010-12-01 08:26:00"), "iso");
  EXPECT_EQ(FormatOf("2010-12-01"), "iso");
  EXPECT_EQ(FormatOf("1291191960"), "unix-s");
  EXPECT_EQ(FormatOf("1291191960.25"), "unix-s");
  EXPECT_EQ(FormatOf("1291191960123"), "unix-ms");
  EXPECT_EQ(FormatOf("1291191960123456"), "unix-us");
  EXPECT_EQ(FormatOf("1291191960123456789"), "unix-ns");
}

TEST(TimeParser, AsksWhereATimeCouldBeReadInMoreWays) {
  for (const char* text :
       {"12/1/2010 8:26", "13/1/2010", "19970101", "20101201082600", "1.12.2010", "yesterday"}) {
    EXPECT_THROW(FormatOf(text), UsageError) << text;
  }
  try {
    FormatOf("12/1/2010 8:26");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("'%m/%d/%Y %H:%M' or '%d/%m/%Y %H:%M'"),
              std::string::npos);
  }
}

TEST(TimeParser, ReadsPatterns) {
  EXPECT_EQ(Formatted("%m/%d/%Y %H:%M", "12/1/2010 8:26"), "2010-12-01 08:26:00");
  EXPECT_EQ(Formatted("%d/%m/%Y %H:%M", "12/1/2010 8:26"), "2010-01-12 08:26:00");
  EXPECT_EQ(Formatted("%Y%m%d", "19970101"), "1997-01-01");
  EXPECT_EQ(Formatted("%d %b %Y %I:%M:%S %p", "3 Feb 2012 12:05:09 AM"), "2012-02-03 00:05:09");
  EXPECT_EQ(Formatted("%d %B %Y %I %p", "3 september 2012 12 pm"), "2012-09-03 12:00:00");
  EXPECT_EQ(Formatted("%d.%m.%y", "31.12.68"), "2068-12-31");
  EXPECT_EQ(Formatted("%FT%T%z", "2012-02-03T01:00:00+01:00"), "2012-02-03");
  EXPECT_EQ(Formatted("%Y-%j", "2012-060"), "2012-02-29");
  EXPECT_EQ(TimeParser::FromFormat("%S.%f").Parse("7.25"), 7'250'000);
}

TEST(TimeParser, RefusesTimesThatDoNotExist) {
  EXPECT_EQ(Formatted("%d/%m/%Y", "30/2/2012"), "none");
  EXPECT_EQ(Formatted("%d/%m/%Y", "1/13/2012"), "none");
  EXPECT_EQ(Formatted("%d/%m/%Y", "1/1/2012 8:00"), "none");
  EXPECT_EQ(Formatted("%I %p", "13 PM"), "none");
  EXPECT_EQ(Formatted("iso", "2012-02-30"), "none");
  EXPECT_EQ(Formatted("unix-s", "12a"), "none");
  EXPECT_EQ(Formatted("unix-s", "999999999999999999"), "none");
}

TEST(TimeParser, RefusesPatternsItDoesNotKnow) {
  for (const char* format : {"%Q", "%", "tomorrow", "%%", ""}) {
    EXPECT_THROW(TimeParser::FromFormat(format), UsageError) << format;
  }
}

TEST(TimeParser, ReadsUnixTimesInTheirUnit) {
  EXPECT_EQ(TimeParser::FromFormat("unix-s").Parse("1.5"), 1'500'000);
  EXPECT_EQ(TimeParser::FromFormat("unix-s").Parse("-2"), -2'000'000);
  EXPECT_EQ(TimeParser::FromFormat("unix-ms").Parse("1291191960123"), 1291191960123'000);
  EXPECT_EQ(TimeParser::FromFormat("unix-us").Parse("17"), 17);
  EXPECT_EQ(TimeParser::FromFormat("unix-ns").Parse("17999"), 17);
}

bool Holds(const std::string& text, const std::string& field) {
  const FieldRule rule = ParseFieldRule(text, "--drop-rule");
  return RuleHolds(rule, field, ParseNumber(field).value_or(0));
}

TEST(FieldRule, UnderstandsEveryForm) {
  EXPECT_TRUE(Holds("InvoiceNo starts with C", "C536379"));
  EXPECT_FALSE(Holds("InvoiceNo starts with C", "536379C"));
  EXPECT_TRUE(Holds("a ends with 9C", "536379C"));
  EXPECT_TRUE(Holds("a contains ' 37'", "536 379"));
  EXPECT_TRUE(Holds("a = x", "x"));
  EXPECT_TRUE(Holds("a = ", ""));
  EXPECT_TRUE(Holds("a != x", "y"));
  EXPECT_FALSE(Holds("a != x", "x"));
  EXPECT_TRUE(Holds("a in POST, D ,'BANK CHARGES'", "BANK CHARGES"));
  EXPECT_FALSE(Holds("a in POST,D", "DOT"));
  EXPECT_TRUE(Holds("a not in POST,D", "DOT"));
  EXPECT_TRUE(Holds("a < 0", "-1.5"));
  EXPECT_FALSE(Holds("a < 0", "0"));
  EXPECT_TRUE(Holds("a <= 0", "0"));
  EXPECT_TRUE(Holds("a > 2", "10"));
  EXPECT_TRUE(Holds("a >= 10", "10"));
  EXPECT_TRUE(Holds("a matches #####*", "85123A"));
  EXPECT_FALSE(Holds("a matches #####*", "POST"));
  EXPECT_TRUE(Holds("a not matches #####*", "POST"));
}

TEST(FieldRule, ColumnNamesMayHaveBlanks) {
  EXPECT_EQ(ParseFieldRule("Order No. starts with C", "").column, "Order No.");
  EXPECT_EQ(ParseFieldRule("Made by hand = yes", "").column, "Made by hand");
}

TEST(FieldRule, RefusesWhatIsNoRule) {
  for (const char* text : {"", "Quantity", "Quantity<0", "= 3", "Quantity < many", "a starts with",
                           "a begins with C"}) {
    EXPECT_THROW(ParseFieldRule(text, "--drop-rule"), UsageError) << text;
  }
}

TEST(MatchesPattern, BacktracksOverStars) {
  EXPECT_TRUE(MatchesPattern("abcabd", "a*abd"));
  EXPECT_TRUE(MatchesPattern("", "*"));
  EXPECT_TRUE(MatchesPattern("a*b", "a\\*b"));
  EXPECT_FALSE(MatchesPattern("axb", "a\\*b"));
  EXPECT_TRUE(MatchesPattern("a7", "?#"));
  EXPECT_FALSE(MatchesPattern("a77", "?#"));
  EXPECT_FALSE(MatchesPattern(std::string(3000, 'a'), "*a*a*a*a*b"));
}

}  // namespace
}  // namespace tidewright
