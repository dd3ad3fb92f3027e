#include "host/export/narrow_vectors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"

namespace tidewright {
namespace {

TEST(NarrowVectors, AByteIsWithinHalfAStepOfItsRowsScale) {
  const std::vector<float> rows = {0.5f, -2.0f, 0.013f, 0, 0, 0, -1e-3f, 5e-4f, 1e-3f};
  std::vector<float> scales(3);
  std::vector<int8_t> values(9);
  std::vector<float> read(9);
  ScaleRows(rows.data(), 3, 3, scales.data());
  NarrowToBytes(rows.data(), scales.data(), 3, 3, values.data());
  ReadBytes(values.data(), scales.data(), 3, 3, read.data());
  EXPECT_EQ(values, (std::vector<int8_t>{32, -127, 1, 0, 0, 0, -127, 64, 127}));
  EXPECT_EQ(scales[1], 0);
  for (size_t at = 0; at < rows.size(); ++at) {
    EXPECT_LE(std::abs(read[at] - rows[at]), scales[at / 3] * 0.5001f) << at;
  }
}

TEST(NarrowVectors, AColumnOfOneNumberReadsBackAsItIs) {
  const std::vector<float> rows = {3, 1, 3, 2};
  ColumnRanges ranges(2);
  ranges.Add(rows.data(), 1);
  ranges.Add(rows.data() + 2, 1);
  std::vector<uint8_t> codes(4);
  std::vector<float> read(4);
  ranges.Narrow(rows.data(), 2, codes.data());
  ranges.Read(codes.data(), 2, read.data());
  EXPECT_EQ(ranges.Trained(), (std::vector<float>{3, 1, 0, 1}));
  EXPECT_EQ(codes, (std::vector<uint8_t>{0, 0, 0, 255}));
  EXPECT_EQ(read[0], 3);
  EXPECT_EQ(read[2], 3);
}

TEST(NarrowVectors, WhatFp16DoesNotHoldIsRefused) {
  const std::vector<float> rows = {1, 65504, 2, 70000};
  std::vector<Fp16> values(4);
  std::vector<float> read(2);
  NarrowToHalf(rows.data(), 0, 1, 2, "item", values.data());
  ReadHalf(values.data(), 2, read.data());
  EXPECT_EQ(read[1], 65504);
  try {
    NarrowToHalf(rows.data(), 40, 2, 2, "item", values.data());
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("item row 41 has a number beyond 65504"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace tidewright
