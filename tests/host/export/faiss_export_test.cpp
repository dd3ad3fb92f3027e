#include "host/export/faiss_export.h"

#include <gtest/gtest.h>

#include <cstring>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

TEST(FaissFlat, IsByteForByteWhatTheFormatSays) {
  const TempDirectory files;
  FactorModel model;
  model.items = 2;
  model.factors = 3;
  model.item_factors = {1, -2, 0.5f, 3, 4, 5};
  WriteFaissFlat(files.File("x"), ExportVectors(model, false));
  const std::string bytes = ReadWholeFile(files.File("x"));
  const std::string expected(
      "IxFI\3\0\0\0\2\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x10\0\0\0\0\0\1\0\0\0\0\6\0\0\0\0\0\0\0",
      45);
  ASSERT_EQ(bytes.size(), 45 + 6 * sizeof(float));
  EXPECT_EQ(bytes.substr(0, 45), expected);
  EXPECT_EQ(std::memcmp(bytes.data() + 45, model.item_factors.data(), 6 * sizeof(float)), 0);
}

TEST(FaissFlat, MoreDimensionsThanItCountsAreRefused) {
  const TempDirectory files;
  FactorModel model;
  model.factors = int64_t{1} << 31;
  EXPECT_THROW(WriteFaissFlat(files.File("x"), ExportVectors(model, false)), UsageError);
}

}  // namespace
}  // namespace tidewright
