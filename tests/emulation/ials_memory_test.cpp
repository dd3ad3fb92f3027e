#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "cuda/ials/batch_stream.h"
#include "cuda/ials/ials_cuda.h"
#include "cuda/ials/placement.h"
#include "cuda/topk/top_k_cuda.h"
#include "host/backend/device_memory.h"
#include "host/core/errors.h"
#include "host/data/split.h"
#include "tests/support/ials_reference.h"
#include "tests/support/ials_twins.h"

// What the CUDA solver of iALS keeps on the device and takes of its memory, validation included;
// the solver itself is compiled in ials_solver_test.cpp.

namespace tidewright {
namespace {

class IalsMemory : public ::testing::Test {
 protected:
  void SetUp() override { emulation::device = {}; }
  void TearDown() override {
    SetDeviceMemoryLimit(0);
    EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked";
  }
};

constexpr int64_t kAnyRoom = int64_t{1} << 60;

// Some of the users: all the model's own, none, or every other one.
enum class Known { kAll, kNone, kSome };
EvalSet JudgedUsers(const Interactions& data, Known own = Known::kSome) {
  EvalSet users;
  users.known.cols = users.relevant.cols = 30;
  for (int32_t user = 0; user < data.by_user.rows; ++user) {
    const Csr known = SelectRows(data.by_user, {user});
    const int32_t target = (7 * user) % 30;
    if (known.ids.empty() || std::binary_search(known.ids.begin(), known.ids.end(), target)) {
      continue;
    }
    const bool seen = own == Known::kAll || (own == Known::kSome && user % 2 == 0);
    users.model_rows.push_back(seen ? user : -1);
    users.known.ids.insert(users.known.ids.end(), known.ids.begin(), known.ids.end());
    users.known.values.insert(users.known.values.end(), known.values.begin(), known.values.end());
    users.known.offsets.push_back(users.known.nnz());
    users.relevant.ids.push_back(target);
    users.relevant.values.push_back(1.0f);
    users.relevant.offsets.push_back(users.relevant.nnz());
  }
  users.known.rows = users.relevant.rows = static_cast<int64_t>(users.model_rows.size());
  return users;
}

TopKResult EmulatedTopK(const TopKRequest& request) {
  const DeviceContext context(0);
  return TopKCuda(context, request);
}

std::unique_ptr<Solver> MakeEmulated(const IalsConfig& config, const Interactions& data) {
  return MakeIalsCuda(0, EmulatedTopK, config, data);
}

TEST_F(IalsMemory, ValidationMatchesTheCpuForSeenAndUnseenUsers) {
  const Interactions data = RandomInteractions(20, 30, 0.2, 4);
  const StopFlag stop;
  for (const Known own : {Known::kAll, Known::kNone, Known::kSome}) {
    const EvalSet users = JudgedUsers(data, own);
    ASSERT_GT(users.known.rows, 10);
    const auto cpu = MakeIalsCpu(TwinConfig(16, "fp32"), data);
    const auto cuda = MakeIalsCuda(0, EmulatedTopK, TwinConfig(16, "fp32"), data);
    cpu->AttachValidation({&users, "ndcg", 5});
    cuda->AttachValidation({&users, "ndcg", 5});
    const double expected = cpu->RunEpoch(stop).validation.value();
    EXPECT_GT(expected, 0.02);
    emulation::device.downloaded = 0;
    EXPECT_NEAR(cuda->RunEpoch(stop).validation.value(), expected, 1e-6);
    // The lists and two sums, but no factors, which take at least 30 * 16 * 4 bytes.
    const size_t lists = static_cast<size_t>(users.known.rows) * 5 * 8 + 2 * sizeof(double);
    EXPECT_EQ(emulation::device.downloaded == lists, own != Known::kSome);
  }
}

TEST_F(IalsMemory, AWatchedRunStaysWithinTheEstimate) {
  const Interactions data = RandomInteractions(20, 30, 0.2, 4);
  const EvalSet users = JudgedUsers(data);
  const StopFlag stop;
  for (const std::string solver : {"cholesky", "cg", "ialspp"}) {
    SCOPED_TRACE(solver);
    IalsConfig config = TwinConfig(16, "fp32");
    config.solver = solver;
    const int64_t estimate =
        EstimateIalsCuda(config, 20, 30, data.by_user.nnz(), kAnyRoom).device_bytes;
    SetDeviceMemoryLimit(estimate);
    emulation::device.most_pool_bytes = 0;
    const auto trained = MakeIalsCuda(0, EmulatedTopK, config, data);
    EXPECT_EQ(trained->Placement(), "");
    trained->AttachValidation({&users, "ndcg", 20});
    trained->RunEpoch(stop);
    // All but the context, which is not the pool's.
    EXPECT_LE(static_cast<int64_t>(emulation::device.most_pool_bytes), estimate - kContextBytes);
    SetDeviceMemoryLimit(emulation::device.pool_bytes + 1000);
    EXPECT_THROW(trained->AttachValidation({&users, "ndcg", 20}), DeviceError);
  }
}

TEST_F(IalsMemory, WhatDoesNotFitIsRefusedWithTheEstimate) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 4);
  emulation::device.free_bytes = size_t{64} << 20;
  try {
    MakeEmulated(TwinConfig(128, "tf32"), data);
    FAIL() << "it was taken";
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find("of which 0.06 GiB are free"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(MakeEmulated(TwinConfig(8193, "tf32"), data), DeviceError);
}

TEST_F(IalsMemory, WhatDoesNotFitStaysWithTheHostStepByStep) {
  const IalsConfig config = TwinConfig(128, "tf32");
  const auto plan = [&](int64_t room) {
    return PlanIalsCuda(config, 1000000, 300000, 200000000, room);
  };
  const IalsCudaPlan all = plan(kAnyRoom);
  EXPECT_FALSE(all.placement.streamed);
  EXPECT_EQ(all.cost.placement, "");
  // 16 bytes an entry, but for two blocks of them.
  const IalsCudaPlan entries = plan(all.cost.device_bytes - 1);
  EXPECT_TRUE(entries.placement.streamed);
  EXPECT_FALSE(entries.placement.users_on_host);
  EXPECT_LT(entries.cost.device_bytes, all.cost.device_bytes - 14 * int64_t{200000000});
  EXPECT_GT(entries.cost.host_bytes, all.cost.host_bytes);
  const IalsCudaPlan longer = plan(entries.cost.device_bytes - 1);
  EXPECT_TRUE(longer.placement.users_on_host);
  EXPECT_FALSE(longer.placement.items_on_host);
  EXPECT_NE(longer.cost.placement.find("the entries and the factors of the users stay with"),
            std::string::npos);
  const IalsCudaPlan both = plan(0);
  EXPECT_TRUE(both.placement.items_on_host);
  EXPECT_LT(both.cost.device_bytes, longer.cost.device_bytes);
  EXPECT_EQ(both.cost.flops_per_epoch, all.cost.flops_per_epoch);
}

TEST_F(IalsMemory, NoMoreDeviceMemoryIsTakenThanTheLimit) {
  const Interactions data = RandomInteractions(12, 10, 0.4, 1);
  IalsConfig config = TwinConfig(8, "fp32");
  config.solver = "cg";
  const int64_t least = EstimateIalsCuda(config, 12, 10, data.by_user.nnz(), 0).device_bytes;
  SetDeviceMemoryLimit(least);
  EXPECT_EQ(DeviceContext(0).FreeBytes(), least);
  MakeEmulated(config, data);
  SetDeviceMemoryLimit(least - 1);
  EXPECT_THROW(MakeEmulated(config, data), DeviceError);
}

TEST_F(IalsMemory, AStreamThatFindsNoMemoryLeavesNothing) {
  const DeviceContext context(0);
  emulation::device.allowed = 4;
  EXPECT_THROW(BatchStream(context, {100, 1000}), DeviceError);
}

TEST_F(IalsMemory, StorageOf16BitsTakesLessMemoryAndFewerBytesAnEpoch) {
  for (const std::string solver : {"cholesky", "cg", "ialspp"}) {
    IalsConfig config = TwinConfig(128, "tf32");
    config.solver = solver;
    const CostEstimate wide = EstimateIalsCuda(config, 100000, 20000, 2000000, kAnyRoom);
    config.storage = "bf16";
    const CostEstimate narrow = EstimateIalsCuda(config, 100000, 20000, 2000000, kAnyRoom);
    // Floats remain of a block of 16,384 rows.
    EXPECT_EQ(wide.device_bytes - narrow.device_bytes, int64_t{128} * (2 * 120000 - 4 * 16384))
        << solver;
    EXPECT_LT(narrow.bytes_per_epoch, 0.8 * wide.bytes_per_epoch) << solver;
  }
}

}  // namespace
}  // namespace tidewright
