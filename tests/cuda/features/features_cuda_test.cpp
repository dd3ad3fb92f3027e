#include <gtest/gtest.h>

#include "host/backend/backend.h"
#include "tests/support/feature_twins.h"

namespace tidewright {
namespace {

class GpuFeatures : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

TEST_F(GpuFeatures, HaveTheBytesOfTheCpu) {
  ExpectFeatureTwins(CudaBackend().build_features, 300, 5000);
  ExpectFeatureTwins(CudaBackend().build_features, 40000, 400000);
}

}  // namespace
}  // namespace tidewright
