#include <gtest/gtest.h>

#include "host/data/hdf5/table_file.h"
#include "host/logistic/logistic.h"
#include "tests/support/logistic_reference.h"
#include "tests/support/logistic_twins.h"

// Real columns: categories that repeat each other, charges that follow from months.

namespace tidewright {
namespace {

TEST(LogisticTelcoTest, TheCoefficientsOfTheShippedSampleAreThoseOfTheReference) {
  const FeatureTable table = ReadFeatureTable(TIDEWRIGHT_SOURCE_DIR "/datasets/telco.h5");
  const LogisticConfig config;
  const LinearModel model = TrainLogistic(MakeLogisticCpu, config, table);
  const LinearModel reference = ReferenceFit(config, table);
  ASSERT_EQ(model.terms(), 42);
  EXPECT_NEAR(model.intercept, reference.intercept, 1e-5);
  for (int64_t t = 0; t < model.terms(); ++t) {
    EXPECT_NEAR(model.coefficient[t], reference.coefficient[t], 1e-5) << t;
  }
}

}  // namespace
}  // namespace tidewright
