#include <gtest/gtest.h>

#include "host/backend/backend.h"
#include "tests/support/bgnbd_twins.h"

namespace tidewright {
namespace {

class GpuBgnbd : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

TEST_F(GpuBgnbd, SumsAndFitsAsTheCpuDoes) {
  for (const int64_t customers : {100, 50000}) {
    ExpectBgnbdTwins(CudaBackend().make_bgnbd, MadeUpCells(customers));
  }
}

}  // namespace
}  // namespace tidewright
