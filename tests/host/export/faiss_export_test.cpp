#include "host/export/faiss_export.h"

#include <gtest/gtest.h>

#include <cstring>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

TEST(FaissFlat, IsByteForByteWhatTheFormatSays) {
  const TempDirectory files;
  const float vectors[] = {1, -2, 0.5f, 3, 4, 5};
  WriteFaissFlat(files.File("x"), vectors, 2, 3);
  const std::string bytes = ReadWholeFile(files.File("x"));
  const std::string expected(
      "IxFI\3\0\0\0\2\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x10\0\0\0\0\0\1\0\0\0\0\6\0\0\0\0\0\0\0",
      45);
  ASSERT_EQ(bytes.size(), 45 + sizeof(vectors));
  EXPECT_EQ(bytes.substr(0, 45), expected);
  EXPECT_EQ(std::memcmp(bytes.data() + 45, vectors, sizeof(vectors)), 0);
}

TEST(FaissFlat, MoreDimensionsThanItCountsAreRefused) {
  const TempDirectory files;
  EXPECT_THROW(WriteFaissFlat(files.File("x"), nullptr, 0, int64_t{1} << 31), UsageError);
}

}  // namespace
}  // namespace tidewright
