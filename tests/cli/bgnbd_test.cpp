// BG/NBD through the command line: from a log to scored customers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using BgnbdTestJson = nlohmann::json;

class Bgnbd : public ::testing::Test {
 protected:
  // A year of customers as the model has them, from 2020-01-01 to 2020-12-30.
  void MakeLog() {
    const CliResult made = RunProgram({TidewrightBinary() + "-synthetic", "customers",
                                       "--customers", "3000", "--seed", "5", "-o", Log()});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("3000 customers, "));
  }

  std::string Log() const { return directory_.File("log.h5"); }
  std::string Model(const std::string& name = "model") const { return directory_.File(name); }

  CliResult Train(const std::vector<std::string>& more = {}, const std::string& name = "model") {
    std::vector<std::string> command = {"train",     "bgnbd",    Log(), "-o",
                                        Model(name), "--device", "cpu"};
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }

  BgnbdTestJson Json(const std::vector<std::string>& command) {
    const CliResult result = RunCli(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return BgnbdTestJson::parse(result.out);
  }

  TempDirectory directory_;
};

TEST_F(Bgnbd, FitsTheCdnowSampleAsTheBookHasIt) {
  const std::string source = TIDEWRIGHT_SOURCE_DIR "/../shared/data/cdnow/CDNOW_sample.txt.gz";
  if (!std::filesystem::exists(source)) GTEST_SKIP() << source << " is not there";
  const CliResult raw = RunProgram({"/usr/bin/gzip", "-dc", source});
  ASSERT_EQ(raw.exit_code, 0) << raw.err;
  std::string csv = "user,item,date,dollars\n";
  for (const std::string& line : Lines(raw.out)) {
    std::istringstream fields(line);
    std::string master, user, date, cds, dollars;
    if (!(fields >> master >> user >> date >> cds >> dollars)) continue;
    csv += user + ",cd," + date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 2) +
           "," + dollars + "\n";
  }
  WriteWholeFile(directory_.File("cdnow.csv"), csv);
  const CliResult imported =
      RunCli({"import", "csv", directory_.File("cdnow.csv"), "-o", Log(), "--user", "user",
              "--item", "item", "--timestamp", "date", "--value", "dollars"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  const CliResult trained = Train({"--cutoff", "1997-09-30"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("2357 customers up to 1997-09-30"));
  const BgnbdTestJson fitted = Json({"inspect", Model(), "--json"});
  EXPECT_NEAR(fitted["parameters"]["r"], 0.243, 0.0005);
  EXPECT_NEAR(fitted["parameters"]["alpha"], 4.414, 0.0005);
  EXPECT_NEAR(fitted["parameters"]["a"], 0.793, 0.0005);
  EXPECT_NEAR(fitted["parameters"]["b"], 2.426, 0.0005);
  EXPECT_NEAR(fitted["loss"], 9582.429, 0.001);
  EXPECT_EQ(fitted["customers"], 2357);
  const BgnbdTestJson judged = Json({"evaluate", Model(), Log(), "--json"});
  EXPECT_GT(judged["metrics"]["auc"]["mean"], 0.75);
  EXPECT_NEAR(judged["events"]["expected"], judged["events"]["observed"],
              0.15 * judged["events"]["observed"].get<double>());
}

TEST_F(Bgnbd, ScoresExplainsAndJudgesCustomers) {
  MakeLog();
  const CliResult trained = Train({"--cutoff", "2020-09-01"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("log likelihood "));

  const CliResult scored =
      RunCli({"score", Model(), Log(), "--at", "2020-09-01", "--within", "60d"});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  const std::vector<std::string> lines = Lines(scored.out);
  ASSERT_EQ(lines.size(), 3000u);
  const BgnbdTestJson first = BgnbdTestJson::parse(lines[0]);
  double expected = 0;
  for (const std::string& line : lines) {
    const BgnbdTestJson one = BgnbdTestJson::parse(line);
    const double alive = one["p_alive"];
    const double silent = one["probability"];
    EXPECT_GE(silent, 1 - alive);
    EXPECT_LE(silent, 1);
    // At least one event is likelier than the events expected allow.
    EXPECT_LE(1 - silent, one["expected_events"].get<double>() + 1e-12);
    expected += one["expected_events"].get<double>();
  }
  const BgnbdTestJson judged = Json({"evaluate", Model(), Log(), "--within", "60d", "--json"});
  EXPECT_EQ(judged["label"], "churn in 60d");
  EXPECT_NEAR(judged["events"]["expected"], expected, 1e-6);
  EXPECT_NEAR(judged["events"]["observed"], expected, 0.1 * expected);
  EXPECT_GT(judged["metrics"]["auc"]["mean"], 0.7);
  EXPECT_LT(judged["metrics"]["ece"]["mean"], 0.03);
  EXPECT_TRUE(judged["groups"].empty());
  int64_t in_groups = 0;
  const BgnbdTestJson grouped =
      Json({"evaluate", Model(), Log(), "--within", "60d", "--by", "cohort", "--json"});
  for (const BgnbdTestJson& group : grouped["groups"]["cohort"]) {
    in_groups += group["rows"].get<int64_t>();
  }
  EXPECT_EQ(in_groups, judged["customers"]);
  EXPECT_THAT(RunCli({"evaluate", Model(), Log(), "--by", "tenure"}).out, HasSubstr("by tenure"));

  const BgnbdTestJson why = Json({"explain", Model(), "--user", "0", "--data", Log(), "--at",
                                  "2020-09-01", "--within", "60d", "--json"});
  EXPECT_EQ(why["p_alive"], first["p_alive"]);
  EXPECT_EQ(why["expected_events"], first["expected_events"]);
  EXPECT_EQ(why["probability"], first["probability"]);
  const CliResult sentence = RunCli({"explain", Model(), "--user", "0", "--data", Log()});
  EXPECT_THAT(sentence.out, HasSubstr("still a customer with probability "));
  EXPECT_THAT(sentence.out, HasSubstr("expected in the next 30d"));
  EXPECT_EQ(RunCli({"explain", Model(), "--user", "0"}).out, sentence.out);

  const std::string file = directory_.File("scores.h5");
  EXPECT_EQ(RunCli({"score", Model(), Log(), "--at", "latest", "-o", file}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
  const CliResult gate = RunCli({"evaluate", Model(), Log(), "--require", "auc>=.99"});
  EXPECT_EQ(gate.exit_code, 7);
  EXPECT_THAT(RunCli({"evaluate", Model(), Log()}).out, HasSubstr("repeat events before"));
  EXPECT_THAT(RunCli({"inspect", Model()}).out, HasSubstr("3,000 customers, up to 2020-09-01"));
}

TEST_F(Bgnbd, WritesTheSameBytesForAnyNumberOfThreads) {
  MakeLog();
  for (const std::string threads : {"1", "2", "8"}) {
    ASSERT_EQ(Train({"--threads", threads, "--merge", "0d"}, "model" + threads).exit_code, 0);
  }
  for (const std::string file : {"/manifest.json", "/model.safetensors"}) {
    const std::string one = ReadWholeFile(Model("model1") + file);
    EXPECT_EQ(one, ReadWholeFile(Model("model2") + file));
    EXPECT_EQ(one, ReadWholeFile(Model("model8") + file));
  }
}

TEST_F(Bgnbd, TheUnitOfTimeOnlyScalesAlpha) {
  MakeLog();
  ASSERT_EQ(Train({"--unit", "1d"}, "days").exit_code, 0);
  ASSERT_EQ(Train({}, "weeks").exit_code, 0);
  const BgnbdTestJson days = Json({"inspect", Model("days"), "--json"})["parameters"];
  const BgnbdTestJson weeks = Json({"inspect", Model("weeks"), "--json"})["parameters"];
  EXPECT_NEAR(days["alpha"].get<double>(), 7 * weeks["alpha"].get<double>(), 1e-4);
  EXPECT_NEAR(days["r"], weeks["r"], 1e-6);
}

TEST_F(Bgnbd, RefusesWhatCannotBe) {
  MakeLog();
  WriteWholeFile(directory_.File("once.csv"),
                 "user,item,date\na,x,2021-01-01\nb,x,2021-02-01\nc,x,2021-03-01\n");
  const std::string once = directory_.File("once.h5");
  ASSERT_EQ(RunCli({"import", "csv", directory_.File("once.csv"), "-o", once, "--user", "user",
                    "--item", "item", "--timestamp", "date"})
                .exit_code,
            0);
  const auto refused = [&](const std::vector<std::string>& command, int exit_code,
                           const std::string& message) {
    const CliResult result = RunCli(command);
    EXPECT_EQ(result.exit_code, exit_code) << message << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(Lines(result.err).back().find("tidewright: "), 0u) << result.err;
  };
  const std::string out = Model("refused");
  refused({"train", "bgnbd", once, "-o", out}, 3, "no customer came back");
  refused({"train", "bgnbd", once, "-o", out, "--cutoff", "2021-01-15"}, 3, "found 1 customers");
  refused({"train", "bgnbd", once, "-o", out, "--cutoff", "2020-01-15"}, 3, "found 0 customers");
  refused({"train", "bgnbd", Log()}, 2, "--output is missing");
  refused({"train", "bgnbd", Log(), "-o", out, "--cutoff", "May"}, 2, "--cutoff is 'May'");
  refused({"train", "bgnbd", Log(), "-o", out, "--unit", "0d"}, 2, "--unit is '0d'");
  refused({"train", "bgnbd", Log(), "-o", out, "--merge", "day"}, 2, "--merge is 'day'");
  refused({"train", "bgnbd", Log(), "-o", out, "--signal", "view=1"}, 2, "view");
  refused({"train", "bgnbd", Log(), "-o", out, "--iterations", "2"}, 6, "has not converged");
  EXPECT_FALSE(std::filesystem::exists(out));

  ASSERT_EQ(Train().exit_code, 0);
  refused({"score", Model(), Log()}, 2, "--at is missing");
  refused({"score", Model(), Log(), "--at", "latest", "--within", "9"}, 2, "--within is '9'");
  refused({"score", Model(), Log(), "--at", "2001-01-01"}, 3, "no customer has an event");
  refused({"evaluate", Model(), Log()}, 3, "no events after");
  refused({"evaluate", Model(), Log(), "--at", "2020-06-01", "--by", "contract"}, 2,
          "expected cohort, tenure, a column");
  refused({"evaluate", Model(), Log(), "--require", "recall@20>=.1"}, 2, "judges recommenders");
  refused({"explain", Model(), "--user", "nobody", "--data", Log()}, 3, "no user 'nobody'");
  refused({"explain", Model(), "--data", Log()}, 2, "say whom to explain");
  refused({"recommend", Model()}, 2, "recommends nothing");
  refused({"export", Model(), "--format", "xgboost", "-o", out}, 2, "choose from: ndjson");
}

}  // namespace
}  // namespace tidewright
