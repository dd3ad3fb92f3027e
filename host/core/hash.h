#ifndef TIDEWRIGHT_HOST_CORE_HASH_H_
#define TIDEWRIGHT_HOST_CORE_HASH_H_

#include <cstddef>
#include <memory>
#include <string>

namespace tidewright {

// XXH3-128, streamed: finds corruption and tells one data set from another; it is no proof against
// an adversary. The text is what `xxh128sum` prints.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  void Update(const void* data, size_t bytes);
  std::string Hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string HashFile(const std::string& path);  // throws IoError

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_HASH_H_
