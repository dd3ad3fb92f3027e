#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/ials/ials.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

std::vector<std::string> SolverNames() {
  IalsConfig config;
  for (const ConfigField& field : FieldsOf(config)) {
    if (field.name == "solver") return field.choices;
  }
  return {};
}

class BenchCommand : public ::testing::Test {
 protected:
  BenchCommand() : data_(directory_.File("shop.h5")), report_(directory_.File("report.json")) {
    WriteShop(data_);
  }
  CliResult Run(const std::vector<std::string>& flags) const {
    std::vector<std::string> arguments{"bench", "ials", "--device", "cpu", "--shape", data_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunCli(arguments);
  }
  // The report of a run with 8 factors whose median is made to be `seconds`.
  void WriteBaseline(double seconds) const {
    const CliResult result = Run({"--factors", "8", "--repeats", "1", "-o", report_});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    Json json = Json::parse(ReadWholeFile(report_));
    json["results"][0]["seconds"]["median"] = seconds;
    WriteWholeFile(report_, json.dump());
  }
  CliResult RunAgainstBaseline(const std::vector<std::string>& flags) const {
    std::vector<std::string> arguments{"--factors", "8", "--repeats", "1", "--baseline", report_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Run(arguments);
  }
  void ExpectRefused(const CliResult& result, int exit_code, const std::string& message) const {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
    EXPECT_EQ(result.out, "");
  }

  TempDirectory directory_;
  std::string data_;
  std::string report_;
};

TEST_F(BenchCommand, VerifiesThenPrintsALineForEachDimension) {
  const CliResult result = Run({"--factors", "8,12"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("verified cholesky, 8 factors: loss to "));
  EXPECT_THAT(result.err, HasSubstr("verified cholesky, 12 factors: loss to "));
  EXPECT_THAT(result.out, HasSubstr("40 users, 30 items, "));
  EXPECT_THAT(result.out, HasSubstr("20 repeats\n"));
  EXPECT_THAT(result.out, HasSubstr("\n      8  cholesky "));
  EXPECT_THAT(result.out, HasSubstr("\n     12  cholesky "));
  EXPECT_THAT(result.out, HasSubstr(" %\n"));
}

// Rounded rows do not solve their equations.
TEST_F(BenchCommand, StorageOf16BitsIsVerifiedByTheLoss) {
  for (const std::string storage : {"bf16", "fp16"}) {
    const CliResult result = Run({"--factors", "8", "--solver", "cholesky,cg,ialspp", "--storage",
                                  storage, "--repeats", "1", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("verified cholesky, 8 factors: loss to "));
    EXPECT_THAT(result.err, Not(HasSubstr("equations")));
    EXPECT_EQ(Json::parse(result.out)["results"][0]["config"]["storage"], storage);
  }
}

TEST_F(BenchCommand, FewRepeatsAreCalledAQuickLook) {
  const CliResult result = Run({"--factors", "8", "--repeats", "2", "-o", report_});
  EXPECT_THAT(result.out, HasSubstr("2 repeats: a quick look"));
  EXPECT_EQ(Json::parse(ReadWholeFile(report_))["quick_look"], true);
}

TEST_F(BenchCommand, JsonSaysWhatWasMeasuredOnWhat) {
  const CliResult result = Run({"--factors", "8", "--json", "--threads", "1", "-o", report_});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, ReadWholeFile(report_));
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json.at("format"), "tidewright-bench");
  EXPECT_EQ(json.at("format_version"), 1);
  EXPECT_FALSE(json.at("version").get<std::string>().empty());
  EXPECT_FALSE(json.at("commit").get<std::string>().empty());
  EXPECT_EQ(json.at("/device/name"_json_pointer), "cpu");
  for (const char* key : {"model", "target", "clock_mhz", "memory_clock_mhz", "driver"}) {
    EXPECT_TRUE(json.at("device").contains(key)) << key;
  }
  EXPECT_EQ(json.at("threads"), 1);
  EXPECT_EQ(json.at("repeats"), 20);
  EXPECT_EQ(json.at("quick_look"), false);
  EXPECT_EQ(json.at("/data/shape"_json_pointer), data_);
  EXPECT_EQ(json.at("/data/users"_json_pointer), 40);
  EXPECT_EQ(json.at("/data/items"_json_pointer), 30);
  ASSERT_EQ(json.at("results").size(), 1u);
  const Json& entry = json["results"][0];
  EXPECT_EQ(entry.at("factors"), 8);
  EXPECT_EQ(entry.at("solver"), "cholesky");
  const Json& seconds = entry.at("seconds");
  EXPECT_GT(seconds.at("min"), 0);
  EXPECT_LE(seconds.at("min"), seconds.at("low_quartile"));
  EXPECT_LE(seconds.at("low_quartile"), seconds.at("median"));
  EXPECT_LE(seconds.at("median"), seconds.at("high_quartile"));
  EXPECT_LE(seconds.at("high_quartile"), seconds.at("max"));
}

TEST_F(BenchCommand, TheRooflineFollowsFromThePhasesAndTheCeilings) {
  const CliResult result = Run({"--factors", "8", "--repeats", "3", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json entry = Json::parse(result.out)["results"][0];
  const double bandwidth = entry.at("/ceilings/bytes_per_second"_json_pointer);
  const Json& peaks = entry.at("/ceilings/flops_per_second"_json_pointer);
  double flops = 0;
  double bytes = 0;
  double floor = 0;
  for (const Json& phase : entry.at("phases")) {
    flops += phase.at("flops").get<double>();
    bytes += phase.at("bytes").get<double>();
    const double peak = peaks.at(phase.at("arithmetic").get<std::string>());
    floor +=
        std::max(phase["bytes"].get<double>() / bandwidth, phase["flops"].get<double>() / peak);
  }
  EXPECT_GT(flops, 0);
  EXPECT_DOUBLE_EQ(entry.at("flops"), flops);
  EXPECT_DOUBLE_EQ(entry.at("bytes"), bytes);
  EXPECT_DOUBLE_EQ(entry.at("roofline_seconds"), floor);
  EXPECT_DOUBLE_EQ(entry.at("roofline_share"),
                   floor / entry.at("/seconds/median"_json_pointer).get<double>());
}

TEST_F(BenchCommand, EverySolverOfTrainCanBeTimed) {
  std::string list;
  for (const std::string& name : SolverNames()) list += (list.empty() ? "" : ",") + name;
  const CliResult result = Run({"--factors", "8", "--repeats", "1", "--json", "--solver", list});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  ASSERT_EQ(json["results"].size(), SolverNames().size());
  for (size_t i = 0; i < SolverNames().size(); ++i) {
    EXPECT_EQ(json["results"][i]["solver"], SolverNames()[i]);
    EXPECT_NE(json["results"][i]["solver_used"], "auto");
  }
}

TEST_F(BenchCommand, ASlowerBaselineIsPassed) {
  WriteBaseline(100);
  const CliResult result = RunAgainstBaseline({});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("old ms"));
  EXPECT_THAT(result.out, HasSubstr("100000"));
  EXPECT_THAT(result.out, Not(HasSubstr("slower")));
}

TEST_F(BenchCommand, AFasterBaselineIsExit7AfterTheResults) {
  WriteBaseline(1e-9);
  const CliResult result = RunAgainstBaseline({"--max-regress", "10%", "--json"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("cholesky with 8 factors is "));
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("allowed: 10%"));
  const Json comparison = Json::parse(result.out).at("comparison");
  ASSERT_EQ(comparison.size(), 1u);
  EXPECT_EQ(comparison[0].at("factors"), 8);
  EXPECT_EQ(comparison[0].at("slower"), true);
  EXPECT_DOUBLE_EQ(comparison[0].at("old_seconds"), 1e-9);
}

// Else a job whose device or options have changed would pass for ever.
TEST_F(BenchCommand, ABaselineWithNothingOfTheRunIsExit3AfterTheReport) {
  WriteBaseline(1e-9);
  const CliResult result =
      Run({"--factors", "9", "--repeats", "1", "--baseline", report_, "--max-regress", "0"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.out, HasSubstr("roofline"));
  EXPECT_THAT(result.err, HasSubstr(report_ + ": it has nothing of this run (" + data_));
}

TEST_F(BenchCommand, AnUnreadableBaselineIsExit3BeforeAnythingIsTimed) {
  ExpectRefused(Run({"--baseline", directory_.File("missing.json")}), 3, "missing.json");
  WriteWholeFile(report_, "{\"format\": \"other\"}");
  ExpectRefused(Run({"--baseline", report_}), 3, "report.json");
  ExpectRefused(Run({"--baseline", data_}), 3, "shop.h5");
}

TEST_F(BenchCommand, WrongFlagsAndValuesAreExit2) {
  ExpectRefused(Run({"--fctors", "8"}), 2, "did you mean '--factors'?");
  ExpectRefused(Run({"--factors", "0"}), 2, "--factors is '0'");
  ExpectRefused(Run({"--factors", ","}), 2, "at least one");
  ExpectRefused(Run({"--solver", "choleski"}), 2, "cholesky");
  ExpectRefused(Run({"--repeats", "0"}), 2, "--repeats is '0'");
  ExpectRefused(Run({"--max-regress", "much"}), 2, "as in 5%");
  ExpectRefused(RunCli({"bench", "ials", "--shape", "gowala"}), 2, "did you mean 'gowalla'?");
  ExpectRefused(RunCli({"bench", "isal"}), 2, "did you mean 'ials'?");
}

TEST_F(BenchCommand, WhereTheReportCannotGoNothingIsTimed) {
  ExpectRefused(Run({"-o", directory_.File("missing/report.json")}), 5, "no directory");
}

}  // namespace
}  // namespace tidewright
