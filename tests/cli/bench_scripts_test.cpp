#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

const std::string kBench = TIDEWRIGHT_SOURCE_DIR "/bench/";

CliResult Python(const std::string& script, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/python3", kBench + script});
  return RunProgram(arguments);
}

TEST(LossEvaluator, AgreesWithDenseSumsAndWithTheIdentityOfBothObjectives) {
  const CliResult run = Python("peers/loss.py", {"--self-check"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

TEST(ChurnTables, AucFoldsBoundsAndPartsOfTablesAreWhatTheyShouldBe) {
  const CliResult run = Python("peers/churn_tables.py", {"--self-check"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

TEST(ChurnTables, PartsOfATableAreTables) {
  const TempDirectory directory;
  const std::string script =
      "import sys; sys.path.insert(0, '" + kBench +
      "peers'); import churn_tables as c, numpy as n; t = c.Table(sys.argv[1]); "
      "r = n.arange(7000, 7043); c.select(sys.argv[1], r, sys.argv[2]); p = c.Table(sys.argv[2]); "
      "assert n.array_equal(p.values, t.values[r], equal_nan=True); print(t.values.shape)";
  const CliResult run =
      RunProgram({"/usr/bin/python3", "-c", script, TelcoTable(), directory.File("part.h5")});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "(7043, 19)\n");
  const CliResult inspect = RunCli({"inspect", directory.File("part.h5")});
  ASSERT_EQ(inspect.exit_code, 0) << inspect.err;
  EXPECT_THAT(inspect.out, HasSubstr("rows                  43\n"));
  EXPECT_THAT(inspect.out, HasSubstr("Contract          category        -  3: "));
}

TEST(LossEvaluator, FindsTheLossThatEverySolverReports) {
  const TempDirectory directory;
  WriteShop(directory.File("shop.h5"));
  for (const std::string solver : {"cholesky", "cg", "ialspp"}) {
    for (const std::string exponent : {"0", "0.7"}) {
      const std::string model = directory.File("model");
      const CliResult train =
          TrainShop(directory.File("shop.h5"), model,
                    {"--solver", solver, "--frequency-exponent", exponent, "--unobserved-weight",
                     "1", "--regularization", "0.02", "--alpha", "0.5", "--split", "none"});
      ASSERT_EQ(train.exit_code, 0) << train.err;
      const CliResult run = Python("peers/loss.py", {model});
      EXPECT_EQ(run.exit_code, 0) << solver << " " << exponent << ": " << run.out << run.err;
    }
  }
}

TEST(LossEvaluator, FailsWhereTheReportedLossIsAnother) {
  const TempDirectory directory;
  WriteShop(directory.File("shop.h5"));
  const std::string model = directory.File("model");
  ASSERT_EQ(TrainShop(directory.File("shop.h5"), model).exit_code, 0);
  std::string manifest = ReadWholeFile(model + "/manifest.json");
  const std::string key = "\"loss\": ";
  manifest.insert(manifest.find(key) + key.size(), 1, '1');
  WriteWholeFile(model + "/manifest.json", manifest);
  EXPECT_EQ(Python("peers/loss.py", {model}).exit_code, 1);
}

TEST(PlotLines, DrawsEachSeriesAsALine) {
  const TempDirectory directory;
  WriteWholeFile(directory.File("a.csv"),
                 "solver,factors,seconds\ncg,64,0.3\ncg,128,0.9\na<b,64,0.5\na<b,128,4\n");
  const CliResult run =
      Python("plot_lines.py",
             {directory.File("a.csv"), "-o", directory.File("a.svg"), "--x", "factors", "--y",
              "seconds", "--series", "solver", "--log-x", "--log-y", "--title", "seconds"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const CliResult parsed = RunProgram(
      {"/usr/bin/python3", "-c",
       "import sys, xml.etree.ElementTree as t\n"
       "n = '{http://www.w3.org/2000/svg}'\n"
       "print([len(e.get('points').split()) for e in t.parse(sys.argv[1]).iter(n + 'polyline')])",
       directory.File("a.svg")});
  EXPECT_EQ(parsed.out, "[2, 2]\n") << parsed.err;
  EXPECT_THAT(ReadWholeFile(directory.File("a.svg")), HasSubstr("a&lt;b"));
}

TEST(RendleProtocol, RunsOnAnyFileOfRatings) {
  const TempDirectory directory;
  std::ostringstream text;
  text << "who,what,stars\n";
  for (int user = 0; user < 40; ++user) {
    for (int step = 0; step < 8; ++step) {
      text << 'u' << user << ",i" << (user * 7 + step * 5) % 23 << ',' << (step == 7 ? 2 : 4.5)
           << '\n';
    }
  }
  text << "few,i1,5\n";
  WriteWholeFile(directory.File("ratings.csv"), text.str());
  const CliResult run =
      RunProgram({"/usr/bin/bash", kBench + "rendle_protocol.sh", directory.File("ratings.csv"),
                  "--user", "who", "--item", "what", "--value", "stars", "--heldout", "8",
                  "--factors", "8", "--epochs", "3", "--search", "3", "--train", "--device cpu"},
                 {{"TIDEWRIGHT", TidewrightBinary()}});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("of 1 user with fewer than 5 items"));
  EXPECT_THAT(run.out, HasSubstr("stars <= 3.5"));
  for (const std::string metric : {"recall_capped@20 ", "recall_capped@50 ", "ndcg@100 "}) {
    const std::vector<std::string> lines = Lines(run.out);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [&](const std::string& line) { return line.starts_with(metric); }),
              1)
        << metric << run.out;
  }
}

}  // namespace
}  // namespace tidewright
