#include "host/plot/classification_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "host/plot/plot_parts.h"
#include "tests/support/scored_rows.h"

namespace tidewright {
namespace {

using testing::HasSubstr;
using testing::Not;

ClassificationReport ReportOf(const ScoredRows& rows) {
  ClassificationOptions options;
  options.bootstrap_samples = 50;
  return EvaluateClassification(rows, options);
}

int ColumnsOf(const std::string& line) {
  int columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return columns;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(TextPlotTest, FitsSixtyColumnsWithoutColours) {
  const std::string text = DrawClassification(ReportOf(RandomRows(2000, 1000, false)));
  for (const std::string& line : LinesOf(text)) {
    EXPECT_LE(ColumnsOf(line), 60) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.back(), '\n');
}

TEST(TextPlotTest, SaysTheMeasuresWithTheirIntervals) {
  const ClassificationReport report = ReportOf(RandomRows(2000, 1000, false));
  const std::string text = DrawClassification(report);
  EXPECT_THAT(text, HasSubstr("AUC " + ValueText(report, "auc")));
  EXPECT_THAT(text, HasSubstr("ECE " + ValueText(report, "ece")));
  EXPECT_THAT(text, HasSubstr("lift@10% " + ValueText(report, "lift@10%")));
  const std::string reached = Fixed(100 * report.metrics.at("recall@5%").mean, 1);
  EXPECT_THAT(text, HasSubstr("\n5 % contacted reach " + reached + " % ["));
  EXPECT_LT(text.find("\n5 % contacted"), text.find("\n10 % contacted"));
}

TEST(TextPlotTest, APerfectRankingRisesAtOnceAndChanceFollowsTheDiagonal) {
  ScoredRows perfect;
  ScoredRows chance;
  for (int i = 0; i < 1000; ++i) {
    const float label = i % 2 == 0 ? 1.0f : 0.0f;
    perfect.probability.push_back(label);
    perfect.label.push_back(label);
    chance.probability.push_back(0.5);
    chance.label.push_back(label);
  }
  const auto first_row = [](const ScoredRows& rows) {
    return LinesOf(DrawClassification(ReportOf(rows)))[1];
  };
  EXPECT_EQ(ColumnsOf(first_row(perfect)), 59);
  // All along the upper edge, against the last few columns alone.
  EXPECT_EQ(CountOf(first_row(perfect), " "), 2u);
  EXPECT_GT(CountOf(first_row(chance), " "), 40u);
}

TEST(TextPlotTest, EveryBinHasALine) {
  const ClassificationReport report = ReportOf(RandomRows(2000, 1000, false));
  const std::string text = DrawClassification(report);
  EXPECT_EQ(CountOf(text, "◇") + CountOf(text, "◆"), report.calibration.size() + 1);
}

TEST(SvgPlotTest, IsSelfContainedAndWellFormed) {
  const ClassificationReport report = ReportOf(RandomRows(2000, 1000, false));
  const std::string svg = ClassificationSvg(report, "a <model> & more");
  EXPECT_THAT(svg, testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_THAT(svg, HasSubstr("a &lt;model&gt; &amp; more"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(svg, Not(HasSubstr("href")));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
  for (const std::string element : {"svg", "text", "title", "style", "circle"}) {
    EXPECT_EQ(CountOf(svg, "<" + element + " ") + CountOf(svg, "<" + element + ">"),
              CountOf(svg, "</" + element + ">"))
        << element;
  }
  EXPECT_EQ(CountOf(svg, "class=\"bar\""), report.calibration.size());
  EXPECT_EQ(CountOf(svg, "class=\"curve\""), 2u);
}

TEST(SvgPlotTest, TheSameReportGivesTheSameBytes) {
  const ClassificationReport report = ReportOf(RandomRows(500, 1000, true, 2));
  EXPECT_EQ(ClassificationSvg(report, "x"), ClassificationSvg(report, "x"));
}

}  // namespace
}  // namespace tidewright
