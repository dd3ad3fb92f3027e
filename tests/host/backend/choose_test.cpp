#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/backend/backend.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Choose : public ::testing::Test {
 protected:
  template <class Error>
  std::string Refusal(const std::string& device) {
    try {
      ChooseBackend(device, &reason_);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  const bool has_gpu_ = CudaBackend().unavailable.empty();
  std::string reason_ = "none";
};

TEST_F(Choose, TheCpuIsThereWhereItIsAskedFor) {
  EXPECT_EQ(&ChooseBackend("cpu", &reason_), &CpuBackend());
  EXPECT_THAT(reason_, StartsWith("cpu ("));
  EXPECT_THAT(reason_, HasSubstr("asked for"));
}

TEST_F(Choose, AutoTakesAGpuWhereThereIsOneAndSaysWhyElse) {
  const Backend& chosen = ChooseBackend("auto", &reason_);
  EXPECT_EQ(&chosen, has_gpu_ ? &CudaBackend() : &CpuBackend());
  EXPECT_THAT(reason_, StartsWith(chosen.name));
  EXPECT_THAT(reason_, HasSubstr(has_gpu_ ? "a GPU is available" : CudaBackend().unavailable));
}

TEST_F(Choose, CudaNeverFallsBackToTheCpu) {
  if (has_gpu_) {
    EXPECT_EQ(&ChooseBackend("cuda", &reason_), &CudaBackend(0));
    EXPECT_EQ(&ChooseBackend("cuda:0", &reason_), &CudaBackend(0));
    return;
  }
  for (const char* device : {"cuda", "cuda:0"}) {
    EXPECT_THAT(Refusal<DeviceError>(device), HasSubstr("device cuda:0 is not available"));
  }
  EXPECT_THAT(Refusal<DeviceError>("cuda"), HasSubstr("--device cpu"));
}

TEST_F(Choose, ADeviceThatNoMachineHasIsNotAvailable) {
  EXPECT_THAT(Refusal<DeviceError>("cuda:99999"), HasSubstr("not available"));
}

TEST_F(Choose, AnotherNameIsRefusedWithTheNearest) {
  EXPECT_THAT(Refusal<UsageError>("cupu"), HasSubstr("did you mean 'cpu'?"));
  EXPECT_THAT(Refusal<UsageError>(""), HasSubstr("expected auto, cpu, cuda or cuda:N"));
  for (const char* device : {"cuda:", "cuda:-1", "cuda:x", "cuda:1x", "cuda:99999999999"}) {
    EXPECT_THAT(Refusal<UsageError>(device), HasSubstr("as in cuda:0")) << device;
  }
}

}  // namespace
}  // namespace tidewright
