#include "host/core/id_hash.h"

#include <gtest/gtest.h>

namespace tidewright {
namespace {

TEST(IdHash, IsHmacSha256) {
  // RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
  EXPECT_EQ(HmacSha256("what do ya want for nothing?", "Jefe"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HmacSha256("Test Using Larger Than Block-Size Key - Hash Key First",
                       std::string(131, '\xaa')),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(IdHash, AUserAndAnItemOfOneIdDiffer) {
  // printf %s user:17850 | openssl dgst -sha256 -hmac salt
  EXPECT_EQ(HashedId(IdKind::kUser, "17850", "salt"),
            "65fe603c28d64c29faba11e3bfbde1686a763dece67a18de373a6b22d7fabb02");
  EXPECT_EQ(HashedId(IdKind::kItem, "17850", "salt"),
            "ba660755bfcf73184496e70baf31e7cd052b39c09d086e112a88af2a31e3f3c0");
}

TEST(IdHash, RowsKeepTheirPlaces) {
  IdTable ids;
  for (const char* id : {"17850", "", "caf\xe9"}) ids.Add(id);
  const IdTable hashed = HashedIds(IdKind::kUser, ids, "salt");
  ASSERT_EQ(hashed.size(), 3);
  for (int64_t row = 0; row < 3; ++row)
    EXPECT_EQ(hashed[row], HashedId(IdKind::kUser, ids[row], "salt"));
  EXPECT_NE(hashed[0], HashedId(IdKind::kUser, "17850", "salt2"));
}

}  // namespace
}  // namespace tidewright
