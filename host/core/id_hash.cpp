#include "host/core/id_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits>

#include "host/core/errors.h"

namespace tidewright {

std::string HashedId(std::string_view id, const std::string& salt) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  const bool fits = salt.size() <= static_cast<size_t>(std::numeric_limits<int>::max());
  if (!fits || HMAC(EVP_sha256(), salt.data(), static_cast<int>(salt.size()),
                    reinterpret_cast<const unsigned char*>(id.data()), id.size(), digest,
                    &bytes) == nullptr) {
    throw UsageError("OpenSSL does not take this salt as a key of HMAC-SHA256; give another one");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int at = 0; at < bytes; ++at) {
    text += kDigits[digest[at] >> 4];
    text += kDigits[digest[at] & 15];
  }
  return text;
}

IdTable HashedIds(const IdTable& ids, const std::string& salt) {
  constexpr int64_t kHexDigits = 64;
  IdTable hashed;
  hashed.Reserve(ids.size(), ids.size() * kHexDigits);
  for (int64_t row = 0; row < ids.size(); ++row) hashed.Add(HashedId(ids[row], salt));
  return hashed;
}

}  // namespace tidewright
