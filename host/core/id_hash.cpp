#include "host/core/id_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits>

#include "host/core/errors.h"

namespace tidewright {

std::string HmacSha256(std::string_view text, const std::string& key) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  const bool fits = key.size() <= static_cast<size_t>(std::numeric_limits<int>::max());
  if (!fits || HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                    reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
                    &bytes) == nullptr) {
    throw UsageError("OpenSSL does not take this salt as a key of HMAC-SHA256; give another one");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned int at = 0; at < bytes; ++at) {
    hex += kDigits[digest[at] >> 4];
    hex += kDigits[digest[at] & 15];
  }
  return hex;
}

std::string HashedId(IdKind kind, std::string_view id, const std::string& salt) {
  return HmacSha256((kind == IdKind::kUser ? "user:" : "item:") + std::string(id), salt);
}

IdTable HashedIds(IdKind kind, const IdTable& ids, const std::string& salt) {
  constexpr int64_t kHexDigits = 64;
  IdTable hashed;
  hashed.Reserve(ids.size(), ids.size() * kHexDigits);
  for (int64_t row = 0; row < ids.size(); ++row) hashed.Add(HashedId(kind, ids[row], salt));
  return hashed;
}

}  // namespace tidewright
