#include "host/bench/bench_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

BenchResult ResultOf(int64_t factors, const std::string& solver, double seconds) {
  BenchResult result;
  result.factors = factors;
  result.solver = solver;
  result.config = {{"precision", "tf32"}};
  result.seconds = QuartilesOf({seconds});
  result.cost.Add({"gather", 4e9, 1e9});
  result.cost.Add({"solve", 1e9, 2e9, "tf32"});
  result.ceilings.flops = {{"fp32", 1e9}, {"tf32", 1e10}};
  result.ceilings.bandwidth = 1e9;
  return result;
}

BenchReport ReportOf(double seconds) {
  BenchReport report;
  report.device = "cpu";
  report.facts.model = "Some Processor";
  report.threads = 2;
  report.shape = "gowalla";
  report.users = 10;
  report.items = 20;
  report.entries = 30;
  report.results = {ResultOf(64, "cholesky", seconds), ResultOf(64, "cg", seconds / 2),
                    ResultOf(128, "cg", seconds)};
  return report;
}

TEST(BenchReport, TheRooflineSumsWhatBindsEachPhase) {
  const BenchResult result = ResultOf(64, "cholesky", 12);
  EXPECT_DOUBLE_EQ(result.FloorSeconds(result.cost.phases[0]), 4);  // by its flops
  EXPECT_DOUBLE_EQ(result.FloorSeconds(result.cost.phases[1]), 2);  // by its bytes
  EXPECT_DOUBLE_EQ(result.Share(), 0.5);
}

TEST(BenchReport, ComparesMediansOfTheSameSolverAndDimension) {
  BenchReport later = ReportOf(1);
  later.results[1].seconds = QuartilesOf({0.53});
  const auto found = CompareReports(ReportOf(1), later, 0.05);
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[1].solver, "cg");
  EXPECT_DOUBLE_EQ(found[1].old_seconds, 0.5);
  EXPECT_DOUBLE_EQ(found[1].ratio(), 1.06);
  EXPECT_TRUE(found[1].slower);
  EXPECT_FALSE(found[0].slower);
  EXPECT_FALSE(CompareReports(ReportOf(1), later, 0.07)[1].slower);
}

TEST(BenchReport, OtherGroundIsNotCompared) {
  const auto against = [](void (*change)(BenchReport&)) {
    BenchReport other = ReportOf(1);
    change(other);
    return CompareReports(other, ReportOf(1), 0.05);
  };
  EXPECT_THAT(against([](BenchReport& r) { r.shape = "ml20m"; }), IsEmpty());
  EXPECT_THAT(against([](BenchReport& r) { r.entries = 31; }), IsEmpty());
  EXPECT_THAT(against([](BenchReport& r) { r.facts.model = "Another Processor"; }), IsEmpty());
  EXPECT_THAT(against([](BenchReport& r) { r.device = "cuda:0"; }), IsEmpty());
  EXPECT_THAT(against([](BenchReport& r) { r.threads = 4; }), IsEmpty());
  EXPECT_THAT(against([](BenchReport& r) { r.results[0].factors = 32; }), SizeIs(2));
  EXPECT_THAT(against([](BenchReport& r) { r.results[0].config["precision"] = "fp32"; }),
              SizeIs(2));
  EXPECT_THAT(against([](BenchReport& r) { r.results[0].config["older option"] = "1"; }),
              SizeIs(3));
}

TEST(BenchReport, ThreadsDoNotMatterOnAGpu) {
  BenchReport older = ReportOf(1);
  BenchReport later = ReportOf(1);
  older.device = later.device = "cuda:0";
  later.threads = 16;
  EXPECT_THAT(CompareReports(older, later, 0.05), SizeIs(3));
}

TEST(BenchReport, AFileReadBackComparesAsTheReportItself) {
  const TempDirectory directory;
  const std::string path = directory.File("bench.json");
  WriteWholeFile(path, ReportJson(ReportOf(1), {}));
  const BenchReport read = ReadBaseline(path);
  const auto found = CompareReports(read, ReportOf(2), 0.05);
  ASSERT_THAT(found, SizeIs(3));
  for (const BenchComparison& each : found) EXPECT_DOUBLE_EQ(each.ratio(), 2);
}

TEST(BenchReport, ABaselineThatIsNoneIsADataError) {
  const TempDirectory directory;
  const std::string path = directory.File("bench.json");
  const auto refusal = [&path](const std::string& bytes) -> std::string {
    WriteWholeFile(path, bytes);
    try {
      ReadBaseline(path);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("no json"), HasSubstr(path));
  EXPECT_THAT(refusal("[]"), HasSubstr("tidewright bench"));
  EXPECT_THAT(refusal(R"({"format": "tidewright-bench", "format_version": 2})"),
              HasSubstr("another"));
  BenchReport report = ReportOf(1);
  report.results[0].seconds.median = 0;
  EXPECT_THAT(refusal(ReportJson(report, {})), HasSubstr("not positive"));
  EXPECT_THROW(ReadBaseline(directory.File("missing.json")), DataError);
}

TEST(BenchReport, RegressionsAreGivenInPercent) {
  EXPECT_DOUBLE_EQ(ParseRegress("5%"), 0.05);
  EXPECT_DOUBLE_EQ(ParseRegress("12.5"), 0.125);
  EXPECT_DOUBLE_EQ(ParseRegress("0%"), 0);
  for (const char* text : {"", "%", "five", "-1%", "5%%", "inf", "nan"}) {
    EXPECT_THROW(ParseRegress(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace tidewright
