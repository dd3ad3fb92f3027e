#ifndef TIDEWRIGHT_HOST_CORE_ID_HASH_H_
#define TIDEWRIGHT_HOST_CORE_ID_HASH_H_

#include <string>
#include <string_view>

#include "host/core/ids.h"

namespace tidewright {

// Ids as their HMAC-SHA256 (RFC 2104) with a salt as its key, by OpenSSL: who does not know the
// salt can neither compute an id from its hash nor try ids against it. That hides the ids alone:
// rows keep their order, and names of items stay. The same salt gives the same hashes in every
// file, so that they still join; a user and an item of one id have different ones.

// 64 hexadecimal digits: what `printf %s TEXT | openssl dgst -sha256 -hmac KEY` prints. Throws
// UsageError where the system's OpenSSL refuses the key.
std::string HmacSha256(std::string_view text, const std::string& key);

enum class IdKind { kUser, kItem };

// HmacSha256 of user:ID or item:ID.
std::string HashedId(IdKind kind, std::string_view id, const std::string& salt);

// The same of every row.
IdTable HashedIds(IdKind kind, const IdTable& ids, const std::string& salt);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ID_HASH_H_
