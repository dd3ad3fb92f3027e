#include "host/train/customer_factors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/model/feature_factors.h"

namespace tidewright {
namespace {

// Two items, each a dimension of its own.
FeatureFactors TwoItems() {
  FeatureFactors factors;
  factors.model.items = 2;
  factors.model.factors = 2;
  factors.model.item_factors = {1, 0, 0, 1};
  factors.model.item_gramian = {1, 0, 0, 1};
  factors.items.Add("a");
  factors.items.Add("b");
  factors.algorithm = "ials";
  factors.config = {{"factors", "2"}};
  factors.signals = {{"buy", 1.0f}};
  factors.aggregation = "sum";
  factors.train_end = 5;
  return factors;
}

// Customer 0 has item b before the cutoff and a after it, customer 1 an item that nobody knows.
Dataset SmallLog() {
  Dataset data;
  for (const char* user : {"u0", "u1"}) data.users.Add(user);
  for (const char* item : {"b", "a", "new"}) data.items.Add(item);
  data.log.emplace();
  data.log->signal_names = {"buy"};
  data.log->default_signal_weights = {1};
  data.log->user = {0, 0, 1};
  data.log->item = {0, 1, 2};
  data.log->timestamp = {1, 9, 2};
  data.log->signal = {0, 0, 0};
  data.log->value = {1, 1, 1};
  return data;
}

FeatureTable BothCustomers() {
  FeatureTable table;
  table.rows = 2;
  table.group = {0, 1};
  table.ids.Add("u0");
  table.ids.Add("u1");
  return table;
}

TEST(CustomerFactors, ASignalThatTheLogLacksIsNotMissedAndANewOneSaysNothing) {
  FeatureFactors factors = TwoItems();
  factors.signals.emplace_back("cancel", -1.0f);
  FeatureTable lacking = BothCustomers();
  AddCustomerFactors(SmallLog(), factors, 5, &lacking);
  EXPECT_FALSE(std::isnan(lacking.columns[0].values[0]));
  Dataset renamed = SmallLog();
  renamed.log->signal_names = {"view"};
  FeatureTable foreign = BothCustomers();
  AddCustomerFactors(renamed, factors, 5, &foreign);
  EXPECT_TRUE(std::isnan(foreign.columns[0].values[0]));
}

TEST(CustomerFactors, ReadWhatCustomersDidByTheCutoff) {
  FeatureTable table = BothCustomers();
  AddCustomerFactors(SmallLog(), TwoItems(), 5, &table);
  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.columns[1].description.name, "factor_1");
  EXPECT_EQ(table.columns[0].values[0], 0);
  EXPECT_GT(table.columns[1].values[0], 0.5);
  EXPECT_TRUE(std::isnan(table.columns[0].values[1]));
  FeatureTable later = BothCustomers();
  AddCustomerFactors(SmallLog(), TwoItems(), 9, &later);
  EXPECT_GT(later.columns[0].values[0], 0.3);
}

TEST(CustomerFactors, APlantedLeakIsCaught) {
  FeatureTable table = BothCustomers();
  AddCustomerFactors(SmallLog(), TwoItems(), 9, &table);
  try {
    RefuseFactorLeak(table, SmallLog(), TwoItems(), 5);
    ADD_FAILURE() << "the leak was not seen";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("factor_0 of customer u0"));
  }
}

TEST(CustomerFactors, TextComesBackAndDamageIsRefused) {
  const FeatureFactors factors = TwoItems();
  std::map<std::string, std::string> metadata = FactorsMetadata(factors);
  FeatureFactors again;
  ReadFactorsMetadata(metadata, "f", &again);
  EXPECT_EQ(FactorsMetadata(again), metadata);
  EXPECT_EQ(again.config, factors.config);
  EXPECT_EQ(again.signals, factors.signals);
  for (const char* key : {"train_end_us", "signal.buy"}) {
    std::map<std::string, std::string> damaged = metadata;
    damaged[key] = "x";
    EXPECT_THROW(ReadFactorsMetadata(damaged, "f", &again), DataError);
  }
  metadata.erase("algorithm");
  EXPECT_THROW(ReadFactorsMetadata(metadata, "f", &again), DataError);
}

}  // namespace
}  // namespace tidewright
