// The file of `--format xgboost` in Treelite, which FIL and tl2cgen read models by.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "host/data/hdf5/table_file.h"
#include "host/model/artifact.h"
#include "tests/interop/readers.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class Treelite : public ReadersTest {
 protected:
  void Train(const FeatureTable& given) {
    const std::string path = dir_.File("table.h5");
    WriteFeatureTable(path, given, true);
    const CliResult trained = RunCli({"train", "gbdt", path, "-o", model_, "--epochs", "40",
                                      "--calibrate", "none", "--export", "xgboost,xgboost-ubj"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    const CliResult scored = RunCli({"score", model_, path, "-o", dir_.File("scores.ndjson")});
    ASSERT_EQ(scored.exit_code, 0) << scored.err;
    const FeatureTable table = MatchTable(*LoadArtifact(model_).manifest.features, given, nullptr);
    std::string bytes;
    for (int64_t row = 0; row < table.rows; ++row) {
      for (const FeatureColumn& column : table.columns) {
        char number[sizeof(float)];
        std::memcpy(number, &column.values[static_cast<size_t>(row)], sizeof(number));
        bytes.append(number, sizeof(number));
      }
    }
    WriteWholeFile(dir_.File("rows.f32"), bytes);
  }
  CliResult Read(const std::string& ending) const {
    return RunReader("treelite_predict.py",
                     {model_ + ending, dir_.File("rows.f32"), dir_.File("scores.ndjson")});
  }

  TempDirectory dir_;
  std::string model_ = dir_.File("churn");
};

TEST_F(Treelite, SaysTheSameProbabilitiesOfATableWithoutCategories) {
  FeatureTable table = RandomTable(3000, 7);
  std::erase_if(table.columns, [](const FeatureColumn& column) {
    return column.description.kind == FeatureKind::kCategory;
  });
  Train(table);
  for (const std::string ending : {".xgboost.json", ".xgboost.ubj"}) {
    const CliResult read = Read(ending);
    ASSERT_EQ(read.exit_code, 0) << read.out << read.err;
    EXPECT_THAT(read.out, HasSubstr("3000 rows, 40 trees, largest difference"));
    std::cout << read.out;
  }
}

// As the page says; the trees for Treelite are then those of --format triton, without XGBoost's
// dictionary of the categories, which classifiers.py reads.
TEST_F(Treelite, RefusesXgboostsDictionaryOfCategories) {
  Train(RandomTable(1000, 8));
  const CliResult read = Read(".xgboost.json");
  EXPECT_NE(read.exit_code, 0);
  EXPECT_THAT(read.err, HasSubstr("TreeliteError"));
}

}  // namespace
}  // namespace tidewright
