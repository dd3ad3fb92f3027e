#include "host/data/import/pairs_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/core/errors.h"
#include "tests/host/import/ids.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;

class PairsImportTest : public ::testing::Test {
 protected:
  Dataset Read(const std::string& train, const std::string& test = "") {
    WriteWholeFile(directory_.File("train.txt"), train);
    WriteWholeFile(directory_.File("test.txt"), test);
    return ReadPairs(directory_.File("train.txt"), test.empty() ? "" : directory_.File("test.txt"),
                     &summary_, SilentProgress());
  }

  TempDirectory directory_;
  PairsSummary summary_;
};

TEST_F(PairsImportTest, OrdersNumbersAsNumbers) {
  const Dataset data = Read("10 3 20\n2 100 3\n");
  EXPECT_THAT(Ids(data.users), ElementsAre("2", "10"));
  EXPECT_THAT(Ids(data.items), ElementsAre("3", "20", "100"));
  EXPECT_THAT(data.matrix->offsets, ElementsAre(0, 2, 4));
  EXPECT_THAT(data.matrix->ids, ElementsAre(0, 2, 0, 1));
  EXPECT_THAT(data.matrix->values, ElementsAre(1, 1, 1, 1));
  EXPECT_FALSE(data.test_matrix.has_value());
}

TEST_F(PairsImportTest, KeepsTextsInOrderOfAppearance) {
  const Dataset data = Read("bob\ttea  coffee\r\nann coffee \n");
  EXPECT_THAT(Ids(data.users), ElementsAre("bob", "ann"));
  EXPECT_THAT(Ids(data.items), ElementsAre("tea", "coffee"));
  EXPECT_THAT(data.matrix->ids, ElementsAre(0, 1, 1));
  EXPECT_THAT(Ids(Read("007 1\n7 2\n").users), ElementsAre("007", "7"));
}

TEST_F(PairsImportTest, TestOnlyUsersAndItemsGetRows) {
  const Dataset data = Read("0 1 2\n1\n", "0 3\n\n5 1 4\n");
  EXPECT_THAT(Ids(data.users), ElementsAre("0", "1", "5"));
  EXPECT_THAT(Ids(data.items), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(data.matrix->offsets, ElementsAre(0, 2, 2, 2));
  EXPECT_EQ(data.matrix->cols, 4);
  ASSERT_TRUE(data.test_matrix.has_value());
  EXPECT_THAT(data.test_matrix->offsets, ElementsAre(0, 1, 1, 3));
  EXPECT_THAT(data.test_matrix->ids, ElementsAre(2, 0, 3));
  EXPECT_EQ(summary_.train_lines, 2);
  EXPECT_EQ(summary_.test_lines, 2);
  EXPECT_EQ(summary_.test_pairs, 3);
}

TEST_F(PairsImportTest, KeepsARepeatedPairOnce) {
  const Dataset data = Read("0 1 2 1\n0 2\n");
  EXPECT_THAT(data.matrix->ids, ElementsAre(0, 1));
  EXPECT_EQ(summary_.train_pairs, 2);
  EXPECT_EQ(summary_.repeated, 2);
}

TEST_F(PairsImportTest, RefusesWhatHoldsNoPairs) {
  EXPECT_THROW(Read(""), DataError);
  EXPECT_THROW(Read("0\n1\n"), DataError);
  EXPECT_THROW(Read("0 1\n0 \xff\n"), DataError);
  EXPECT_THROW(ReadPairs(directory_.File("nowhere"), "", nullptr, SilentProgress()), IoError);
}

}  // namespace
}  // namespace tidewright
