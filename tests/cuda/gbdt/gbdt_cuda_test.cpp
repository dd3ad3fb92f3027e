#include <gtest/gtest.h>

#include "host/backend/backend.h"
#include "tests/support/gbdt_twins.h"

namespace tidewright {
namespace {

class GpuGbdt : public testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

TEST_F(GpuGbdt, GrowsTheTreesOfTheCpuToTheByte) {
  for (const GbdtTwinCase what : kGbdtTwinCases) {
    SCOPED_TRACE(static_cast<int>(what));
    ExpectTheTreesOfTheCpu(CudaBackend().make_gbdt, what, 2000, 5);
    ExpectTheTreesOfTheCpu(CudaBackend().make_gbdt, what, 200000, 8);
  }
}

TEST_F(GpuGbdt, TakesMoreColumnsThanAGridHasBlocksAlongItsSecondDimension) {
  ExpectTheTreesOfTheCpuOnManyColumns(CudaBackend().make_gbdt);
}

TEST_F(GpuGbdt, GoesOnFromAStateToTheSameTrees) {
  ExpectToGoOnAsTheCpu(CudaBackend().make_gbdt, 5000);
}

}  // namespace
}  // namespace tidewright
