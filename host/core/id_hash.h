#ifndef TIDEWRIGHT_HOST_CORE_ID_HASH_H_
#define TIDEWRIGHT_HOST_CORE_ID_HASH_H_

#include <string>
#include <string_view>

#include "host/core/ids.h"

namespace tidewright {

// HMAC-SHA256 (RFC 2104) of ids with a salt as its key, by OpenSSL: who does not know the salt can
// neither read an id off its hash nor find it by trying. The same salt gives the same hashes in
// every file, so that they still join.

// 64 hexadecimal digits: what `printf %s ID | openssl dgst -sha256 -hmac SALT` prints. Throws
// UsageError where the system's OpenSSL refuses the salt as a key.
std::string HashedId(std::string_view id, const std::string& salt);

// The same of every row.
IdTable HashedIds(const IdTable& ids, const std::string& salt);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ID_HASH_H_
