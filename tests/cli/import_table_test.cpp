#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/data/hdf5/table_file.h"
#include "host/data/table_summary.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class ImportTableCommandTest : public testing::Test {
 protected:
  std::string File(const std::string& name) const { return directory_.File(name); }

  CliResult Import(const std::string& csv, const std::vector<std::string>& extra) {
    WriteWholeFile(File("a.csv"), csv);
    std::vector<std::string> arguments = {"import", "table", File("a.csv"), "-o", File("a.h5")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    return RunCli(arguments);
  }

  const TempDirectory directory_;
};

constexpr char kCustomers[] =
    "id,tenure,senior,contract,left\n"
    "a,2,0,monthly,Yes\n"
    "b,34,1,yearly,No\n"
    "c,,0,NA,No\n";

TEST_F(ImportTableCommandTest, PrintsWhatItTookEachColumnFor) {
  const CliResult result = Import(kCustomers, {"--label", "left=Yes", "--id", "id"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("rows                  3\n"
                                    "columns               3\n"
                                    "label                 1  left=Yes\n"
                                    "written   "));
  EXPECT_THAT(result.out, HasSubstr("column    kind      missing  values\n"
                                    "tenure    number     33.3 %  2 to 34, mean 18\n"
                                    "senior    boolean         -  33.3 % true\n"
                                    "contract  category   33.3 %  2: monthly 50.0 %\n"));
  const FeatureTable table = ReadFeatureTable(File("a.h5"));
  EXPECT_EQ(table.ids[2], "c");
  EXPECT_EQ(table.label, (std::vector<float>{1, 0, 0}));
}

TEST_F(ImportTableCommandTest, InspectSaysWhatTheTableHoldsInWordsAndJson) {
  ASSERT_EQ(Import(kCustomers, {"--label", "left=Yes", "--id", "id"}).exit_code, 0);
  CliResult result = RunCli({"inspect", File("a.h5")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("layout                feature table\n"));
  EXPECT_THAT(result.out, HasSubstr("label                 left=Yes: 1 of 3 rows (33.3 %)\n"));
  EXPECT_THAT(result.out, HasSubstr("contract  category   33.3 %  2: monthly 50.0 %\n"));
  result = RunCli({"inspect", File("a.h5"), "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["layout"], "feature table");
  EXPECT_EQ(json["rows"], 3);
  EXPECT_EQ(json["label"]["ones"], 1);
  ASSERT_EQ(json["columns"].size(), 3U);
  EXPECT_EQ(json["columns"][0]["kind"], "number");
  EXPECT_EQ(json["columns"][0]["missing"], 1);
  EXPECT_EQ(json["columns"][0]["max"], 34);
  EXPECT_EQ(json["columns"][2]["categories"], 2);
  EXPECT_EQ(json["fingerprint"], ReadFeatureTable(File("a.h5")).fingerprint);
}

TEST_F(ImportTableCommandTest, KindsDropsWeightsAndGroupsAreAsTold) {
  const CliResult result =
      Import("customer,month,senior,x,n,left\nb,1,0,9,2,1\nb,2,1,8,0.5,0\na,1,0,7,1,0\n",
             {"--label", "left", "--id", "customer", "--group", "customer", "--drop", "x", "--kind",
              "month=category", "--kind", "senior=number", "--weight", "n"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const FeatureTable table = ReadFeatureTable(File("a.h5"));
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[0].description,
            (FeatureDescription{"month", FeatureKind::kCategory, {"1", "2"}}));
  EXPECT_EQ(table.columns[1].description.kind, FeatureKind::kNumber);
  EXPECT_EQ(table.group, (std::vector<int32_t>{0, 0, 1}));
  EXPECT_EQ(table.weight, (std::vector<float>{2, 0.5f, 1}));
  EXPECT_EQ(table.label_name, "left");
  EXPECT_THAT(result.out, HasSubstr("groups                2\n"));
}

TEST_F(ImportTableCommandTest, KindsAreLikeThoseOfATableOrAModel) {
  std::string csv = "id,months,senior,plan,left\n";
  for (int row = 0; row < 40; ++row) {
    csv.append(std::to_string(row)).append(",").append(std::to_string(row % 7));
    csv.append(row % 2 ? ",yes" : ",no").append(row % 3 ? ",1" : ",plus");
    csv.append(row % 5 ? ",0\n" : ",1\n");
  }
  ASSERT_EQ(Import(csv, {"--label", "left", "--id", "id"}).exit_code, 0);
  const FeatureSpec spec = SpecOf(ReadFeatureTable(File("a.h5")));
  const CliResult trained =
      RunCli({"train", "gbdt", File("a.h5"), "-o", File("model"), "--epochs", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  std::filesystem::copy_file(File("a.h5"), File("like.h5"));

  const std::string few = "id,months,senior,plan,colour\nx,1,yes,1,red\n";
  ASSERT_EQ(Import(few, {"--id", "id", "--overwrite"}).exit_code, 0);
  EXPECT_EQ(RunCli({"score", File("model"), File("a.h5")}).exit_code, 3);
  for (const std::string& like : {File("like.h5"), File("model")}) {
    const CliResult result = Import(few, {"--id", "id", "--overwrite", "--like", like});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const FeatureTable table = ReadFeatureTable(File("a.h5"));
    ASSERT_EQ(table.columns.size(), 4U);
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(table.columns[c].description.kind, spec.columns[c].kind) << c;
    }
    const CliResult scored = RunCli({"score", File("model"), File("a.h5")});
    EXPECT_EQ(scored.exit_code, 0) << scored.err;
  }
}

TEST_F(ImportTableCommandTest, BadLinesAreRefusedWithTheirNumber) {
  struct Case {
    std::string csv;
    std::vector<std::string> extra;
    std::string what;
  };
  const std::vector<Case> kCases = {
      {"x,y\n1,Yes\n2,No\n3,Maybe\n", {}, "line 4: label 'y' is 'Maybe'; expected 'Yes' or 'No'"},
      {"x,y\n1,Yes\n2,\n", {}, "line 3: label 'y' is blank; expected 'Yes' or one other text"},
      {"x,y\n1,Yes\n2,NaN\n", {}, "line 3: label 'y' is 'NaN'; expected 'Yes'"},
      {"x,y\n1,1\n2,2\n", {"--label", "y"}, "line 3: label 'y' is '2'; expected 0 or 1"},
      {"x,y\n1,Yes\ninf,No\n", {}, "line 3: column 'x' is infinite"},
      {"x,y\n1,Yes\n2,No\n1e39,No\n", {}, "line 4: column 'x' is infinite"},
      {"x,y\n1,Yes\n1e999,No\n", {}, "line 3: column 'x' is infinite"},
      {"x,y,w\n1,Yes,1\n2,No,-1\n", {"--weight", "w"}, "line 3: the weight is '-1'; expected"},
      {"x,y,w\n1,Yes,\n2,No,1\n", {"--weight", "w"}, "line 2: the weight is blank; expected"},
      {"x,y,i\n1,Yes,a\n2,No,b\n\n3,No,a\n", {"--id", "i"}, "line 5: id 'a' is that of line 2"},
      {"x,y,i\n1,Yes,a\n2,No,\n", {"--id", "i"}, "line 3: the id is blank"},
      {"x,y\n1,Yes\nmany,No\n", {"--kind", "x=number"}, "line 3: column 'x' is 'many'; expected a"},
      {"x,y\n1,Yes\n2,No\n", {"--kind", "x=boolean"}, "line 3: column 'x' is '2'; expected 0 or 1"},
      {"x,y\n1,Yes\n2\n", {}, "line 3: 1 fields; expected 2"},
      {"x,y,x\n1,Yes,1\n", {}, "columns 1 and 3 are both called 'x'"},
      {"x,y\n", {}, "has no line after its header"},
  };
  for (const Case& bad : kCases) {
    std::vector<std::string> extra = bad.extra;
    if (std::find(extra.begin(), extra.end(), "--label") == extra.end()) {
      extra.insert(extra.end(), {"--label", "y=Yes"});
    }
    const CliResult result = Import(bad.csv, extra);
    EXPECT_EQ(result.exit_code, 3) << bad.what << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr(bad.what));
    EXPECT_FALSE(std::filesystem::exists(File("a.h5"))) << bad.what;
  }
}

TEST_F(ImportTableCommandTest, ExplainsWrongArguments) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> kCases = {
      {{"--label", "Left=Yes"}, "did you mean 'left'?"},
      {{"--label", "left=Yes", "--drop", "contrat"}, "did you mean 'contract'?"},
      {{"--label", "left=Yes", "--kind", "tenure=numeric"}, "did you mean 'number'?"},
      {{"--label", "left=Yes", "--kind", "tenure"}, "expected COL=number, COL=boolean"},
      {{"--label", "left=Yes", "--drop", "left"}, "column 'left' is taken by --label"},
      {{"--label", "left=Yes", "--id", "id", "--kind", "id=category"}, "taken by --id"},
      {{"--label", "left="}, "expected COL=TEXT"},
      {{"--drop", "id", "--drop", "tenure", "--drop", "senior", "--drop", "contract", "--drop",
        "left"},
       "has no column left"}};
  for (const auto& [extra, what] : kCases) {
    const CliResult result = Import(kCustomers, extra);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(what));
  }
  ASSERT_EQ(Import(kCustomers, {}).exit_code, 0);
  const CliResult again = Import(kCustomers, {});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("--overwrite"));
}

TEST_F(ImportTableCommandTest, WarnsOfEmptyColumnsAndIds) {
  std::string csv = "who,nothing,y\n";
  for (int row = 0; row < 200; ++row) {
    csv.append("c").append(std::to_string(row)).append(row % 2 ? ",,Yes\n" : ",,No\n");
  }
  const CliResult result = Import(csv, {"--label", "y=Yes"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("column 'who' has 200 categories in 200 rows"));
  EXPECT_THAT(result.err, HasSubstr("column 'nothing' has no value in any row"));
}

TEST(TelcoSample, HoldsWhatItsPageSays) {
  const FeatureTable table = ReadFeatureTable(TelcoTable());
  EXPECT_EQ(table.rows, 7043);
  ASSERT_EQ(table.columns.size(), 19U);
  EXPECT_EQ(std::count(table.label.begin(), table.label.end(), 1.0f), 1869);
  EXPECT_EQ(table.ids[0], "7590-VHVEG");
  const TableSummary summary = Summarize(table);
  EXPECT_EQ(summary.columns[18].name, "TotalCharges");
  EXPECT_EQ(summary.columns[18].missing, 11);
  EXPECT_NO_THROW(CheckTrainable(table));
}

TEST(TelcoSample, IsMadeByItsScript) {
  const std::string csv =
      TIDEWRIGHT_SOURCE_DIR "/../shared/data/telco_churn/Telco-Customer-Churn.csv.gz";
  if (!std::filesystem::exists(csv)) GTEST_SKIP() << "needs " << csv;
  const TempDirectory directory;
  const CliResult result =
      RunProgram({TIDEWRIGHT_SOURCE_DIR "/datasets/make_telco.sh", csv, directory.File("a.h5")},
                 {{"TIDEWRIGHT", TidewrightBinary()}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(ReadFeatureTable(directory.File("a.h5")).fingerprint,
            ReadFeatureTable(TelcoTable()).fingerprint);
}

}  // namespace
}  // namespace tidewright
