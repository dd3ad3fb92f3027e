#include "host/data/import/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "host/core/errors.h"

namespace tidewright {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kCompressedBytes = size_t{1} << 18;

class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : path_(path) {
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) throw IoError("cannot open", path, errno);
    struct stat status;
    if (::fstat(file_, &status) == 0) bytes_ = status.st_size;
    if (S_ISDIR(status.st_mode)) {
      ::close(file_);
      throw IoError("cannot read", path, EISDIR);
    }
    ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  ~FileSource() override { ::close(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  size_t Read(char* buffer, size_t size) override {
    size_t filled = 0;
    while (filled < size) {
      const ssize_t got = ::read(file_, buffer + filled, size - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw IoError("cannot read", path_, errno);
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    done_ += static_cast<int64_t>(filled);
    return filled;
  }
  // The bytes at the beginning, which stay to be read.
  std::string Peek(size_t size) {
    std::string head(size, '\0');
    const ssize_t got = ::pread(file_, head.data(), size, 0);
    head.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return head;
  }
  int64_t file_bytes() const override { return bytes_; }
  int64_t file_done() const override { return done_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int file_ = -1;
  int64_t bytes_ = 0;
  int64_t done_ = 0;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<FileSource> file)
      : file_(std::move(file)), compressed_(kCompressedBytes) {
    if (::inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) {
      throw IoError("cannot inflate", file_->path(), ENOMEM);
    }
  }
  ~GzipSource() override { ::inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  size_t Read(char* buffer, size_t size) override {
    size_t filled = 0;
    while (filled < size && !ended_) {
      if (stream_.avail_in == 0 && !Refill()) {
        if (!between_members_) Fail("ends in the middle of its compressed data");
        break;
      }
      if (between_members_ && !BeginMember()) break;
      // zlib counts in 32 bits.
      const size_t room = std::min(size - filled, size_t{1} << 30);
      stream_.next_out = reinterpret_cast<Bytef*>(buffer + filled);
      stream_.avail_out = static_cast<uInt>(room);
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      filled += room - stream_.avail_out;
      if (status == Z_STREAM_END) {
        between_members_ = true;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        Fail(stream_.msg != nullptr ? std::string("is damaged: ") + stream_.msg : "is damaged");
      }
    }
    return filled;
  }
  int64_t file_bytes() const override { return file_->file_bytes(); }
  int64_t file_done() const override { return file_->file_done(); }

 private:
  bool Refill() {
    stream_.next_in = reinterpret_cast<Bytef*>(compressed_.data());
    stream_.avail_in = static_cast<uInt>(file_->Read(compressed_.data(), compressed_.size()));
    return stream_.avail_in > 0;
  }
  // A gzip file may hold several members one after the other, and zeros as padding at its end.
  bool BeginMember() {
    if (!first_member_) {
      while (stream_.avail_in > 0 && *stream_.next_in == 0) {
        ++stream_.next_in;
        --stream_.avail_in;
        if (stream_.avail_in == 0) Refill();
      }
      if (stream_.avail_in == 0) {
        ended_ = true;
        return false;
      }
      ::inflateReset(&stream_);
    }
    first_member_ = false;
    between_members_ = false;
    return true;
  }
  [[noreturn]] void Fail(const std::string& what) {
    throw DataError(file_->path() + " " + what +
                    "; expected a whole gzip file (fetch or compress it again)");
  }

  std::unique_ptr<FileSource> file_;
  std::vector<char> compressed_;
  z_stream stream_{};
  bool first_member_ = true;
  bool between_members_ = true;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> OpenByteSource(const std::string& path) {
  auto file = std::make_unique<FileSource>(path);
  const std::string head = file->Peek(8);
  const auto begins = [&head](std::string_view magic) {
    return head.compare(0, magic.size(), magic) == 0;
  };
  if (begins("\x1f\x8b"sv)) return std::make_unique<GzipSource>(std::move(file));
  const std::pair<std::string_view, const char*> kOther[] = {
      {"\x28\xb5\x2f\xfd"sv, "zstd-compressed; decompress it first (zstd -d)"},
      {"\xfd\x37zXZ"sv, "xz-compressed; decompress it first (xz -d)"},
      {"BZh"sv, "bzip2-compressed; decompress it first (bzip2 -d)"},
      {"PK\x03\x04"sv, "a zip archive; unpack it first (unzip)"},
      {"\x89HDF"sv, "an HDF5 file already; expected delimited text"},
      {"PAR1"sv, "a Parquet file; expected delimited text"},
      {"\xff\xfe"sv, "UTF-16 text; convert it first (iconv -f UTF-16 -t UTF-8)"},
      {"\xfe\xff"sv, "UTF-16 text; convert it first (iconv -f UTF-16 -t UTF-8)"},
  };
  for (const auto& [magic, what] : kOther) {
    if (begins(magic)) throw DataError(path + " is " + what);
  }
  return file;
}

}  // namespace tidewright
