#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_BYTE_SOURCE_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace tidewright {

// The bytes of a file from beginning to end, inflated where it is gzip'd.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills up to `size` bytes; fewer only at the end of the file. Throws IoError, and DataError
  // where compressed data is cut off or damaged.
  virtual size_t Read(char* buffer, size_t size) = 0;
  virtual int64_t file_bytes() const = 0;  // of the file as it is stored
  virtual int64_t file_done() const = 0;   // of these, read so far
};

// Tells by the first bytes whether the file is gzip'd. Throws IoError where it cannot be opened and
// DataError where it is in another compressed form or in UTF-16.
std::unique_ptr<ByteSource> OpenByteSource(const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_BYTE_SOURCE_H_
