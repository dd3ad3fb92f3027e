#include "host/core/id_hash.h"

#include <gtest/gtest.h>

namespace tidewright {
namespace {

TEST(IdHash, IsHmacSha256) {
  // RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
  EXPECT_EQ(HashedId("what do ya want for nothing?", "Jefe"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      HashedId("Test Using Larger Than Block-Size Key - Hash Key First", std::string(131, '\xaa')),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(IdHash, RowsKeepTheirPlaces) {
  IdTable ids;
  for (const char* id : {"17850", "", "caf\xe9"}) ids.Add(id);
  const IdTable hashed = HashedIds(ids, "salt");
  ASSERT_EQ(hashed.size(), 3);
  for (int64_t row = 0; row < 3; ++row) EXPECT_EQ(hashed[row], HashedId(ids[row], "salt"));
  EXPECT_NE(hashed[0], HashedId("17850", "salt2"));
}

}  // namespace
}  // namespace tidewright
