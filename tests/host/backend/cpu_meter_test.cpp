#include "host/backend/cpu_meter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "host/backend/backend.h"

namespace tidewright {
namespace {

TEST(CpuMeter, TakesTheTimeOfTheWork) {
  const double seconds =
      MakeCpuMeter()->Seconds([] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
  EXPECT_GE(seconds, 0.02);
  EXPECT_LT(seconds, 2);
}

// No machine that this runs on is below or beyond these by a factor of ten.
TEST(CpuMeter, MeasuresCeilingsOfAProcessor) {
  const auto meter = CpuBackend().make_meter();
  const Ceilings ceilings = meter->MeasureCeilings();
  EXPECT_GT(ceilings.flops.at("fp32"), 1e8);
  EXPECT_LT(ceilings.flops.at("fp32"), 1e14);
  EXPECT_GT(ceilings.bandwidth, 1e8);
  EXPECT_LT(ceilings.bandwidth, 1e13);
  EXPECT_NE(ceilings.basis.find("measured"), std::string::npos);
  EXPECT_FALSE(meter->Facts().model.empty());
  EXPECT_EQ(meter->Facts().driver, "");
}

}  // namespace
}  // namespace tidewright
