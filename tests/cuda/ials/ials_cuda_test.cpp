#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "host/backend/backend.h"
#include "host/backend/device_memory.h"
#include "host/core/errors.h"
#include "host/data/split.h"
#include "host/ials/ials.h"
#include "tests/cuda/ials/expect_twin.h"
#include "tests/support/ials_reference.h"
#include "tests/support/ials_twins.h"
#include "tests/support/tolerances.h"

namespace tidewright {
namespace {

class GpuIals : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
  // However a test that sets it ends.
  void TearDown() override { SetDeviceMemoryLimit(0); }
};

class GpuIalsFactors : public GpuIals, public ::testing::WithParamInterface<int64_t> {};

// One user with more entries than a block takes whole, beside short, disliked and empty rows.
Interactions WithALongRow() {
  constexpr int64_t kItems = 9000;
  Csr users;
  users.rows = 60;
  users.cols = kItems;
  for (int64_t user = 0; user < users.rows; ++user) {
    const int64_t step = user == 7 ? 1 : user % 9 == 0 ? kItems : 40 + 13 * user;
    for (int64_t item = user; item < kItems && step < kItems; item += step) {
      users.ids.push_back(static_cast<int32_t>(item));
      users.values.push_back((item + user) % 5 == 0 ? -1.0f : 1.0f + 0.1f * (item % 7));
    }
    users.offsets.push_back(users.nnz());
  }
  return Interactions::FromUserRows(std::move(users));
}

struct Trained {
  std::vector<double> losses;
  FactorModel model;
};

Trained Train(const Backend& backend, const IalsConfig& config, const Interactions& data,
              int epochs) {
  const auto solver = backend.make_ials(config, data);
  const StopFlag stop;
  Trained result;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const EpochStats stats = solver->RunEpoch(stop);
    EXPECT_TRUE(stats.finished);
    result.losses.push_back(stats.loss);
  }
  result.model = std::get<FactorModel>(solver->Snapshot());
  return result;
}

TEST_P(GpuIalsFactors, Fp32MatchesTheCpu) {
  const Interactions data = RandomInteractions(90, 70, 0.2, 1);
  ExpectTwin(TwinConfig(GetParam(), "fp32"), data);
}

TEST_P(GpuIalsFactors, RowsStoredIn16BitsMatchTheCpu) {
  const Interactions data = RandomInteractions(90, 70, 0.2, 1);
  for (const char* precision : {"fp32", "tf32"}) {
    for (const char* storage : {"bf16", "fp16"}) {
      IalsConfig config = TwinConfig(GetParam(), precision);
      config.storage = storage;
      ExpectTwin(config, data);
    }
  }
}

TEST_P(GpuIalsFactors, Tf32MatchesTheCpu) {
  const Interactions data = RandomInteractions(90, 70, 0.2, 1);
  ExpectTwin(TwinConfig(GetParam(), "tf32"), data);
}

TEST_F(GpuIals, TheWidestDimensionTrains) {
  const Interactions data = RandomInteractions(12, 9, 0.3, 1);
  const Trained cuda = Train(CudaBackend(), TwinConfig(8192, "tf32"), data, 2);
  EXPECT_GT(cuda.losses[0], 0);
  EXPECT_LE(cuda.losses[1], cuda.losses[0] * (1 + 1e-5));
}

INSTANTIATE_TEST_SUITE_P(Factors, GpuIalsFactors,
                         ::testing::Values(8, 20, 64, 100, 128, 256, 300, 512, 1024, 1100, 2048));

TEST_F(GpuIals, RowsCutIntoPartsMatchTheCpu) {
  const Interactions data = WithALongRow();
  ASSERT_GT(data.by_user.RowLength(7), 8000);
  for (const int64_t factors : {20, 96}) {
    ExpectTwin(TwinConfig(factors, "fp32"), data);
    ExpectTwin(TwinConfig(factors, "tf32"), data);
  }
}

TEST_F(GpuIals, TwoRunsGiveTheSameBytes) {
  const Interactions data = WithALongRow();
  for (const int64_t factors : {64, 300}) {
    const Trained first = Train(CudaBackend(), TwinConfig(factors, "tf32"), data, 2);
    const Trained second = Train(CudaBackend(), TwinConfig(factors, "tf32"), data, 2);
    EXPECT_EQ(first.losses, second.losses);
    EXPECT_EQ(first.model.user_factors, second.model.user_factors);
    EXPECT_EQ(first.model.item_factors, second.model.item_factors);
    EXPECT_EQ(first.model.item_gramian, second.model.item_gramian);
  }
}

TEST_F(GpuIals, TheLossIsTheObjectiveAndDoesNotRise) {
  const Interactions data = RandomInteractions(90, 70, 0.2, 2);
  const IalsConfig config = TwinConfig(24, "fp32");
  const Trained cuda = Train(CudaBackend(), config, data, 6);
  EXPECT_NEAR(cuda.losses.back(), IalsLoss(config, data, cuda.model),
              kFp32LossTolerance * cuda.losses.back());
  for (size_t epoch = 1; epoch < cuda.losses.size(); ++epoch) {
    EXPECT_LE(cuda.losses[epoch], cuda.losses[epoch - 1] * (1 + 1e-6));
  }
}

TEST_F(GpuIals, AStopBeforeTheFirstBatchResumesToTheSameBytes) {
  const Interactions data = WithALongRow();
  const IalsConfig config = TwinConfig(64, "tf32");
  const StopFlag go;
  const auto whole = CudaBackend().make_ials(config, data);
  whole->RunEpoch(go);
  const double expected_loss = whole->RunEpoch(go).loss;
  const FactorModel expected = std::get<FactorModel>(whole->Snapshot());

  const auto stopped = CudaBackend().make_ials(config, data);
  stopped->RunEpoch(go);
  StopFlag stop;
  stop.Request();
  EXPECT_FALSE(stopped->RunEpoch(stop).finished);
  const State state = stopped->Save();

  const auto resumed = CudaBackend().make_ials(config, data);
  resumed->Restore(state);
  const EpochStats stats = resumed->RunEpoch(go);
  EXPECT_TRUE(stats.finished);
  EXPECT_EQ(stats.loss, expected_loss);
  const FactorModel model = std::get<FactorModel>(resumed->Snapshot());
  EXPECT_EQ(model.user_factors, expected.user_factors);
  EXPECT_EQ(model.item_factors, expected.item_factors);
}

TEST_F(GpuIals, AStopInTheMiddleResumesToTheSameBytes) {
  // At 1024 factors a few hundred rows make a batch, so that a stop finds many places to come.
  const Interactions data = RandomInteractions(4000, 300, 0.01, 6);
  const IalsConfig config = TwinConfig(1024, "tf32");
  const Trained expected = Train(CudaBackend(), config, data, 1);
  const StopFlag go;
  for (const int milliseconds : {2, 10, 40}) {
    const auto stopped = CudaBackend().make_ials(config, data);
    StopFlag stop;
    std::thread signal([&stop, milliseconds] {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
      stop.Request();
    });
    EpochStats stats = stopped->RunEpoch(stop);
    signal.join();
    if (stats.finished) continue;
    const auto resumed = CudaBackend().make_ials(config, data);
    resumed->Restore(stopped->Save());
    stats = resumed->RunEpoch(go);
    EXPECT_EQ(stats.loss, expected.losses[0]);
    const FactorModel model = std::get<FactorModel>(resumed->Snapshot());
    EXPECT_EQ(model.user_factors, expected.model.user_factors);
    EXPECT_EQ(model.item_factors, expected.model.item_factors);
  }
}

TEST_F(GpuIals, ACheckpointOfAnotherProblemIsRefused) {
  const Interactions data = RandomInteractions(30, 20, 0.2, 1);
  const auto solver = CudaBackend().make_ials(TwinConfig(16, "tf32"), data);
  EXPECT_THROW(CudaBackend().make_ials(TwinConfig(24, "tf32"), data)->Restore(solver->Save()),
               DataError);
  const auto cpu = CpuBackend().make_ials(TwinConfig(16, "tf32"), data);
  EXPECT_THROW(solver->Restore(cpu->Save()), DataError);
}

TEST_F(GpuIals, ValidationMatchesTheCpuForSeenAndUnseenUsers) {
  const Interactions data = RandomInteractions(90, 70, 0.2, 4);
  const Interactions others = RandomInteractions(90, 70, 0.1, 5);
  EvalSet users;
  users.known.cols = users.relevant.cols = data.by_user.cols;
  for (int32_t user = 0; user < 90; ++user) {
    const Csr known = SelectRows(data.by_user, {user});
    std::vector<int32_t> targets;
    for (int64_t k = others.by_user.offsets[user]; k < others.by_user.offsets[user + 1]; ++k) {
      const int32_t item = others.by_user.ids[k];
      if (!std::binary_search(known.ids.begin(), known.ids.end(), item)) targets.push_back(item);
    }
    if (targets.empty() || known.ids.empty()) continue;
    users.model_rows.push_back(user % 2 == 0 ? user : -1);
    users.known.ids.insert(users.known.ids.end(), known.ids.begin(), known.ids.end());
    users.known.values.insert(users.known.values.end(), known.values.begin(), known.values.end());
    users.known.offsets.push_back(users.known.nnz());
    users.relevant.ids.insert(users.relevant.ids.end(), targets.begin(), targets.end());
    users.relevant.values.resize(users.relevant.ids.size(), 1.0f);
    users.relevant.offsets.push_back(users.relevant.nnz());
  }
  users.known.rows = users.relevant.rows = static_cast<int64_t>(users.model_rows.size());
  ASSERT_GT(users.known.rows, 40);
  const StopFlag stop;
  std::vector<double> metrics;
  for (const Backend* backend : {&CpuBackend(), &CudaBackend()}) {
    const auto solver = backend->make_ials(TwinConfig(16, "fp32"), data);
    solver->AttachValidation({&users, "ndcg", 20});
    metrics.push_back(solver->RunEpoch(stop).validation.value());
  }
  // A pair of items whose scores round the other way may change places for one user or two.
  EXPECT_NEAR(metrics[1], metrics[0], 2e-3);
}

TEST_F(GpuIals, WhatIsStreamedFromTheHostGivesTheBytesOfTheDevice) {
  const Interactions data = RandomInteractions(40000, 900, 0.02, 3);
  for (const std::string solver : {"cholesky", "cg", "ialspp"}) {
    IalsConfig config = TwinConfig(96, "tf32");
    config.solver = solver;
    const Trained resident = Train(CudaBackend(), config, data, 2);
    SetDeviceMemoryLimit(1);
    const auto estimate = [&] {
      return CudaBackend().estimate_ials(config, 40000, 900, data.by_user.nnz());
    };
    SetDeviceMemoryLimit(estimate().device_bytes + 1);
    EXPECT_NE(estimate().placement, "");
    const Trained streamed = Train(CudaBackend(), config, data, 2);
    SetDeviceMemoryLimit(0);
    EXPECT_EQ(streamed.losses, resident.losses) << solver;
    EXPECT_EQ(streamed.model.user_factors, resident.model.user_factors) << solver;
    EXPECT_EQ(streamed.model.item_factors, resident.model.item_factors) << solver;
  }
}

TEST_F(GpuIals, WhatDoesNotFitIsRefusedWithTheEstimate) {
  // A billion users with one entry between them: the table alone is 4 TB, and is streamed.
  const IalsConfig config = TwinConfig(1024, "tf32");
  const CostEstimate huge = CudaBackend().estimate_ials(config, 1'000'000'000, 1, 1);
  EXPECT_GT(huge.host_bytes, int64_t{4'000'000'000'000});
  EXPECT_NE(huge.placement, "");
  const Interactions data = RandomInteractions(30, 20, 0.2, 1);
  SetDeviceMemoryLimit(1000000);
  try {
    CudaBackend().make_ials(config, data);
    FAIL() << "a megabyte was enough";
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find(" are free"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tidewright
