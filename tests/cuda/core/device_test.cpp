#include <gtest/gtest.h>

#include "host/backend/backend.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

TEST(GpuBackend, SaysWhatItIsOrWhyItCannotBeUsed) {
  const Backend& backend = CudaBackend();
  EXPECT_EQ(backend.name, "cuda:0");
  if (!backend.unavailable.empty()) {
    EXPECT_NE(backend.unavailable.find("--device cpu"), std::string::npos);
    EXPECT_EQ(backend.make_ials, nullptr);
    GTEST_SKIP() << backend.unavailable;
  }
  EXPECT_NE(backend.description.find(backend.target), std::string::npos);
  EXPECT_NE(backend.make_ials, nullptr);
  EXPECT_NE(backend.estimate_ials, nullptr);
  EXPECT_NE(backend.top_k, nullptr);
}

TEST(GpuBackend, ADeviceThatIsNotThereIsUnavailable) {
  EXPECT_FALSE(CudaBackend(15).unavailable.empty());
  EXPECT_FALSE(CudaBackend(99).unavailable.empty());
  EXPECT_FALSE(CudaBackend(-1).unavailable.empty());
}

}  // namespace
}  // namespace tidewright
