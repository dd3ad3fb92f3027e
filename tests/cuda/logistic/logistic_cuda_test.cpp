#include <gtest/gtest.h>

#include <utility>

#include "host/backend/backend.h"
#include "host/logistic/logistic.h"
#include "tests/support/logistic_reference.h"
#include "tests/support/logistic_twins.h"

namespace tidewright {
namespace {

class GpuLogistic : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

std::unique_ptr<Solver> MakeOnDevice(const LogisticConfig& config, TableProblem problem) {
  return CudaBackend().make_logistic(config, std::move(problem));
}

FeatureTable TableOf(int64_t rows) {
  ChurnLikeOptions options;
  options.rows = rows;
  return MakeChurnLikeTable(options);
}

TEST_F(GpuLogistic, TrainsAsTheCpuDoes) {
  for (const int64_t rows : {300, 20000}) {
    for (const double l1 : {0.0, 0.01}) {
      LogisticConfig config;
      config.l1 = l1;
      config.l2 = 1e-3;
      ExpectLogisticTwins(MakeOnDevice, config, TableOf(rows));
    }
  }
}

TEST_F(GpuLogistic, TheSameBytesEachTime) {
  const FeatureTable table = TableOf(20000);
  const LinearModel first = TrainLogistic(MakeOnDevice, {}, table);
  for (int run = 0; run < 5; ++run) {
    EXPECT_EQ(TrainLogistic(MakeOnDevice, {}, table).coefficient, first.coefficient);
  }
}

}  // namespace
}  // namespace tidewright
