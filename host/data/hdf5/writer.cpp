#include "host/data/hdf5/writer.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/hdf5/file.h"
#include "host/data/hdf5/filters.h"

namespace tidewright::hdf5 {
namespace {

constexpr int kDeflateLevel = 5;
constexpr int64_t kChunkRows = 1 << 16;
constexpr int kChunksABatch = 16;

std::string ParentDirectory(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

struct Deflater {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(kDeflateLevel);
  std::vector<uint8_t> plain;
  std::vector<uint8_t> shuffled;
  ~Deflater() { libdeflate_free_compressor(compressor); }
};

}  // namespace

Handle TextType(size_t bytes) {
  Handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.id(), bytes);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  if (bytes != H5T_VARIABLE) H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  return type;
}

Writer::Writer(const std::string& path, bool overwrite)
    : path_(path), partial_path_(path + ".partial." + std::to_string(getpid())) {
  PrepareLibrary();
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(path, ignored)) {
    throw UsageError(path + " exists already; give another name or --force to replace it");
  }
  descriptor_ = open(partial_path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw IoError("cannot write", path_, errno);
  // HDF5's lock would be refused where a file system has none; nobody else knows this name.
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_file_locking(access.id(), false, true);
  file_ = Handle(H5Fcreate(partial_path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()));
  if (file_.valid()) return;
  const LibraryFault fault = LastLibraryFault();
  close(descriptor_);
  std::remove(partial_path_.c_str());
  if (fault.error_number != 0) throw IoError("cannot write", path_, fault.error_number);
  throw IoError("cannot write " + path_ + ": HDF5: " + fault.description);
}

Writer::~Writer() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!partial_path_.empty()) std::remove(partial_path_.c_str());
}

void Writer::Check(bool good, const std::string& what) const {
  if (good) return;
  const LibraryFault fault = LastLibraryFault();
  if (fault.error_number != 0) throw IoError("cannot write", path_, fault.error_number);
  throw IoError("cannot write " + path_ + ": " + what + ": HDF5: " + fault.description);
}

void Writer::Group(const std::string& group) {
  const Handle creation(H5Pcreate(H5P_GROUP_CREATE));
  H5Pset_obj_track_times(creation.id(), false);
  const Handle made(H5Gcreate2(file_.id(), group.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT));
  Check(made.valid(), group);
}

void Writer::TextAttribute(const std::string& object, const std::string& name,
                           const std::string& text) {
  const Handle type = TextType(std::max<size_t>(text.size(), 1));
  const Handle space(H5Screate(H5S_SCALAR));
  const Handle attribute(H5Acreate_by_name(file_.id(), object.c_str(), name.c_str(), type.id(),
                                           space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  Check(attribute.valid() && H5Awrite(attribute.id(), type.id(), text.c_str()) >= 0,
        object + " attribute " + name);
}

void Writer::IntAttribute(const std::string& object, const std::string& name,
                          const std::vector<int64_t>& numbers) {
  const hsize_t count = numbers.size();
  const Handle space(H5Screate_simple(1, &count, nullptr));
  const Handle attribute(H5Acreate_by_name(file_.id(), object.c_str(), name.c_str(), H5T_STD_I64LE,
                                           space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  Check(attribute.valid() && H5Awrite(attribute.id(), H5T_NATIVE_INT64, numbers.data()) >= 0,
        object + " attribute " + name);
}

Handle Writer::Create(const std::string& dataset, const Handle& type, int64_t rows,
                      int64_t chunk_rows, bool shuffle) {
  const hsize_t extent = static_cast<hsize_t>(rows);
  const hsize_t chunk = static_cast<hsize_t>(chunk_rows);
  const Handle space(H5Screate_simple(1, &extent, nullptr));
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_obj_track_times(creation.id(), false);
  H5Pset_chunk(creation.id(), 1, &chunk);
  if (shuffle) H5Pset_shuffle(creation.id());
  H5Pset_deflate(creation.id(), kDeflateLevel);
  Handle made(H5Dcreate2(file_.id(), dataset.c_str(), type.id(), space.id(), H5P_DEFAULT,
                         creation.id(), H5P_DEFAULT));
  Check(made.valid(), dataset);
  return made;
}

Writer::Chunks Writer::MakeChunks(const std::string& dataset, const Handle& type, int64_t rows,
                                  size_t width, bool shuffle) {
  const int64_t chunk_rows = std::clamp<int64_t>(rows, 1, kChunkRows);
  return {
      Create(dataset, type, rows, chunk_rows, shuffle), dataset, rows, chunk_rows, width, shuffle};
}

void Writer::WriteChunks(const Chunks& chunks, int64_t first_chunk, int64_t count,
                         const Fill& fill) {
  const size_t chunk_bytes = static_cast<size_t>(chunks.chunk_rows) * chunks.width;
  std::vector<std::unique_ptr<Deflater>> deflaters(static_cast<size_t>(NumThreads()));
  std::vector<std::vector<uint8_t>> deflated(static_cast<size_t>(kChunksABatch));
  for (int64_t done = 0; done < count; done += kChunksABatch) {
    const int64_t batch = first_chunk + done;
    const int64_t batch_chunks = std::min<int64_t>(kChunksABatch, count - done);
    ParallelBlocks(batch_chunks, [&](int64_t c, int thread) {
      if (!deflaters[thread]) deflaters[thread] = std::make_unique<Deflater>();
      Deflater& deflater = *deflaters[thread];
      const int64_t first = (batch + c) * chunks.chunk_rows;
      deflater.plain.assign(chunk_bytes, 0);  // the last chunk is padded with zeros
      fill(first, std::min(chunks.chunk_rows, chunks.rows - first), deflater.plain.data());
      const uint8_t* source = deflater.plain.data();
      if (chunks.shuffle) {
        deflater.shuffled.resize(chunk_bytes);
        Shuffle(source, chunks.chunk_rows, chunks.width, deflater.shuffled.data());
        source = deflater.shuffled.data();
      }
      deflated[c].resize(libdeflate_zlib_compress_bound(deflater.compressor, chunk_bytes));
      deflated[c].resize(libdeflate_zlib_compress(deflater.compressor, source, chunk_bytes,
                                                  deflated[c].data(), deflated[c].size()));
    });
    for (int64_t c = 0; c < batch_chunks; ++c) {
      const hsize_t offset = static_cast<hsize_t>((batch + c) * chunks.chunk_rows);
      Check(H5Dwrite_chunk(chunks.dataset.id(), H5P_DEFAULT, 0, &offset, deflated[c].size(),
                           deflated[c].data()) >= 0,
            chunks.name);
    }
  }
}

void Writer::Chunked(const std::string& dataset, const Handle& type, int64_t rows, size_t width,
                     bool shuffle, const Fill& fill) {
  const Chunks chunks = MakeChunks(dataset, type, rows, width, shuffle);
  WriteChunks(chunks, 0, (rows + chunks.chunk_rows - 1) / chunks.chunk_rows, fill);
}

void Writer::Column(const std::string& dataset, const std::vector<float>& values) {
  Chunked(dataset, Handle(H5Tcopy(H5T_IEEE_F32LE)), static_cast<int64_t>(values.size()),
          sizeof(float), true, [&](int64_t first, int64_t count, uint8_t* out) {
            std::memcpy(out, values.data() + first, static_cast<size_t>(count) * sizeof(float));
          });
}

void Writer::Column(const std::string& dataset, const std::vector<double>& values) {
  Chunked(dataset, Handle(H5Tcopy(H5T_IEEE_F64LE)), static_cast<int64_t>(values.size()),
          sizeof(double), true, [&](int64_t first, int64_t count, uint8_t* out) {
            std::memcpy(out, values.data() + first, static_cast<size_t>(count) * sizeof(double));
          });
}

void Writer::Column(const std::string& dataset, const std::vector<int8_t>& values) {
  Chunked(dataset, Handle(H5Tcopy(H5T_STD_I8LE)), static_cast<int64_t>(values.size()), 1, false,
          [&](int64_t first, int64_t count, uint8_t* out) {
            std::memcpy(out, values.data() + first, static_cast<size_t>(count));
          });
}

void Writer::Column(const std::string& dataset, const std::vector<uint8_t>& values) {
  Chunked(dataset, Handle(H5Tcopy(H5T_STD_U8LE)), static_cast<int64_t>(values.size()), 1, false,
          [&](int64_t first, int64_t count, uint8_t* out) {
            std::memcpy(out, values.data() + first, static_cast<size_t>(count));
          });
}

void Writer::Column(const std::string& dataset, const std::vector<int32_t>& values) {
  Chunked(dataset, Handle(H5Tcopy(H5T_STD_I32LE)), static_cast<int64_t>(values.size()),
          sizeof(int32_t), true, [&](int64_t first, int64_t count, uint8_t* out) {
            std::memcpy(out, values.data() + first, static_cast<size_t>(count) * sizeof(int32_t));
          });
}

void Writer::Column(const std::string& dataset, const std::vector<int64_t>& values) {
  Chunked(dataset, Handle(H5Tcopy(H5T_STD_I64LE)), static_cast<int64_t>(values.size()),
          sizeof(int64_t), true, [&](int64_t first, int64_t count, uint8_t* out) {
            std::memcpy(out, values.data() + first, static_cast<size_t>(count) * sizeof(int64_t));
          });
}

void Writer::Texts(const std::string& dataset, int64_t rows,
                   const std::function<std::string_view(int64_t)>& text) {
  int64_t longest = 1;
  bool plain = true;
  for (int64_t row = 0; row < rows; ++row) {
    const std::string_view value = text(row);
    longest = std::max(longest, static_cast<int64_t>(value.size()));
    if (value.find('\0') != std::string_view::npos) plain = false;
  }
  if (!plain) RefuseZeroByte(dataset);
  if (longest > kMaxFixedTextBytes) {
    const Handle made = MakeVariableTexts(dataset, rows);
    for (int64_t first = 0; first < rows; first += kVariableTextRows) {
      std::vector<std::string> texts;
      for (int64_t row = first; row < std::min(rows, first + kVariableTextRows); ++row) {
        texts.emplace_back(text(row));
      }
      WriteVariableTexts(made, dataset, first, texts);
    }
    return;
  }
  const size_t width = static_cast<size_t>(longest);
  Chunked(dataset, TextType(width), rows, width, false,
          [&](int64_t first, int64_t count, uint8_t* out) {
            for (int64_t row = 0; row < count; ++row) {
              const std::string_view value = text(first + row);
              std::memcpy(out + static_cast<size_t>(row) * width, value.data(), value.size());
            }
          });
}

void Writer::RefuseZeroByte(const std::string& dataset) const {
  throw UsageError("cannot write " + path_ + ": a text of " + dataset +
                   " holds a zero byte, which HDF5 texts cannot");
}

Handle Writer::MakeVariableTexts(const std::string& dataset, int64_t rows) {
  return Create(dataset, TextType(H5T_VARIABLE), rows,
                std::clamp<int64_t>(rows, 1, kVariableTextRows), false);
}

void Writer::WriteVariableTexts(const Handle& made, const std::string& dataset, int64_t first,
                                const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& value : texts) pointers.push_back(value.c_str());
  const hsize_t start = static_cast<hsize_t>(first);
  const hsize_t length = pointers.size();
  const Handle memory_space(H5Screate_simple(1, &length, nullptr));
  const Handle file_space(H5Dget_space(made.id()));
  H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, &start, nullptr, &length, nullptr);
  Check(H5Dwrite(made.id(), TextType(H5T_VARIABLE).id(), memory_space.id(), file_space.id(),
                 H5P_DEFAULT, pointers.data()) >= 0,
        dataset);
}

void Writer::Commit() {
  Check(H5Fclose(file_.Release()) >= 0, "/");
  if (fsync(descriptor_) != 0) throw IoError("cannot write", path_, errno);
  if (close(std::exchange(descriptor_, -1)) != 0) throw IoError("cannot write", path_, errno);
  if (std::rename(partial_path_.c_str(), path_.c_str()) != 0) {
    throw IoError("cannot write", path_, errno);
  }
  partial_path_.clear();
  const int directory = open(ParentDirectory(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    fsync(directory);
    close(directory);
  }
}

}  // namespace tidewright::hdf5
