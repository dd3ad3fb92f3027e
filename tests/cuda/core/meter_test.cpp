#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "host/backend/backend.h"

namespace tidewright {
namespace {

class GpuMeter : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
    meter_ = CudaBackend().make_meter();
  }
  std::unique_ptr<Meter> meter_;
};

TEST_F(GpuMeter, TakesTheTimeOfTheWorkAlone) {
  meter_->FlushCaches();
  const double seconds =
      meter_->Seconds([] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
  EXPECT_GE(seconds, 0.0199);
  EXPECT_LT(seconds, 1);
  EXPECT_LT(meter_->Seconds([] {}), 0.01);
}

TEST_F(GpuMeter, NamesTheDeviceAndItsCeilings) {
  const DeviceFacts facts = meter_->Facts();
  EXPECT_NE(CudaBackend().description.find(facts.model), std::string::npos);
  EXPECT_NE(facts.driver.find("CUDA "), std::string::npos);
  EXPECT_GT(facts.clock_mhz, 300);
  const Ceilings ceilings = meter_->MeasureCeilings();
  EXPECT_GT(ceilings.flops.at("fp32"), 1e12);
  EXPECT_GE(ceilings.flops.at("tf32"), ceilings.flops.at("fp32"));
  EXPECT_GE(ceilings.flops.at("tf32x3"), ceilings.flops.at("fp32"));
  EXPECT_GT(ceilings.bandwidth, 1e10);
  EXPECT_LT(ceilings.bandwidth, 1e14);
  EXPECT_NE(ceilings.basis.find("MHz"), std::string::npos);
}

}  // namespace
}  // namespace tidewright
