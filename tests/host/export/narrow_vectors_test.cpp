#include "host/export/narrow_vectors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"

namespace tidewright {
namespace {

TEST(NarrowVectors, AByteIsWithinHalfAStepOfItsRowsScale) {
  const std::vector<float> rows = {0.5f, -2.0f, 0.013f, 0, 0, 0, -1e-3f, 5e-4f, 1e-3f};
  const ByteRows narrow = NarrowToBytes(rows.data(), 3, 3);
  EXPECT_EQ(narrow.values, (std::vector<int8_t>{32, -127, 1, 0, 0, 0, -127, 64, 127}));
  EXPECT_EQ(narrow.scales[1], 0);
  const AlignedVector<float> read = ReadBack(narrow);
  ASSERT_EQ(read.size(), rows.size());
  for (size_t at = 0; at < rows.size(); ++at) {
    EXPECT_LE(std::abs(read[at] - rows[at]), narrow.scales[at / 3] * 0.5001f) << at;
  }
}

TEST(NarrowVectors, AColumnOfOneNumberReadsBackAsItIs) {
  const std::vector<float> rows = {3, 1, 3, 2};
  const ColumnCodes narrow = NarrowToColumnCodes(rows.data(), 2, 2);
  EXPECT_EQ(narrow.ranges, (std::vector<float>{3, 1, 0, 1}));
  EXPECT_EQ(narrow.codes, (std::vector<uint8_t>{0, 0, 0, 255}));
  EXPECT_EQ(narrow.read[0], 3);
  EXPECT_EQ(narrow.read[2], 3);
}

TEST(NarrowVectors, WhatFp16DoesNotHoldIsRefused) {
  const std::vector<float> rows = {1, 65504, 2, 70000};
  EXPECT_EQ(ReadBack(NarrowToHalf(rows.data(), 1, 2, "item"))[1], 65504);
  try {
    NarrowToHalf(rows.data(), 2, 2, "item");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("item row 1 has a number beyond 65504"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace tidewright
