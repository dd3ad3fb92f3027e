#include "host/data/hdf5/column.h"

#include <algorithm>

#include "host/data/hdf5/global_heap.h"

namespace tidewright::hdf5 {
namespace {

constexpr int64_t kContiguousRows = 1 << 16;

std::string ClassName(H5T_class_t type_class) {
  switch (type_class) {
    case H5T_STRING:
      return "text";
    case H5T_COMPOUND:
      return "records of several fields";
    case H5T_ARRAY:
    case H5T_VLEN:
      return "lists";
    case H5T_REFERENCE:
      return "references";
    case H5T_OPAQUE:
    case H5T_BITFIELD:
    case H5T_TIME:
      return "opaque bytes";
    default:
      return "of an unknown type";
  }
}

}  // namespace

Column Column::Open(const File& file, const std::string& dataset) {
  Column column;
  column.file_ = &file;
  column.name_ = dataset;
  column.dataset_ = file.Open(dataset);
  if (!column.dataset_.valid()) column.Fail("is missing", "a data set of this name");
  if (H5Iget_type(column.dataset_.id()) != H5I_DATASET) {
    column.Fail("is not a data set", "a data set of this name");
  }
  const Handle space(H5Dget_space(column.dataset_.id()));
  const int dimensions = space.valid() ? H5Sget_simple_extent_ndims(space.id()) : -1;
  if (dimensions != 1 || H5Sget_simple_extent_type(space.id()) != H5S_SIMPLE) {
    column.Fail(dimensions < 0 ? "HDF5 cannot read its shape"
                               : "has " + std::to_string(dimensions) + " dimensions",
                "one dimension");
  }
  hsize_t rows = 0;
  H5Sget_simple_extent_dims(space.id(), &rows, nullptr);
  if (rows > static_cast<hsize_t>(INT64_MAX / 64)) {
    column.Fail("declares " + std::to_string(rows) + " rows", "no more rows than the file stores");
  }
  column.rows_ = static_cast<int64_t>(rows);
  column.ReadType();
  column.CheckStorage();
  return column;
}

void Column::ReadType() {
  type_ = Handle(H5Dget_type(dataset_.id()));
  H5T_class_t type_class = type_.valid() ? H5Tget_class(type_.id()) : H5T_NO_CLASS;
  if (type_class == H5T_ENUM) {
    is_enumeration_ = true;
    type_ = Handle(H5Tget_super(type_.id()));
    type_class = type_.valid() ? H5Tget_class(type_.id()) : H5T_NO_CLASS;
  }
  const size_t bytes = type_.valid() ? H5Tget_size(type_.id()) : 0;
  if (bytes == 0) Fail("HDF5 cannot read its type", "an undamaged HDF5 file");
  file_width_ = static_cast<int64_t>(bytes);
  if (type_class == H5T_STRING) {
    is_text_ = true;
    is_variable_text_ = H5Tis_variable_str(type_.id()) > 0;
    if (is_variable_text_ && file_->has_wide_addresses()) {
      // HDF5 names the size of a pointer in memory here.
      file_width_ = sizeof(HeapReference);
      width_ = sizeof(HeapReference);
      raw_chunks_ = true;
    }
    return;
  }
  if (type_class == H5T_INTEGER && bytes <= 8) {
    kind_ = H5Tget_sign(type_.id()) == H5T_SGN_NONE ? ElementKind::kUnsigned : ElementKind::kSigned;
    width_ = bytes == 3 ? 4 : bytes > 4 ? 8 : bytes;
  } else if (type_class == H5T_FLOAT && bytes <= 8) {
    kind_ = ElementKind::kFloat;
    width_ = bytes <= 4 ? 4 : 8;
  } else {
    const bool number = type_class == H5T_INTEGER || type_class == H5T_FLOAT;
    Fail("is " + (number ? std::to_string(bytes) + "-byte numbers" : ClassName(type_class)),
         "numbers of at most 8 bytes, or text");
  }
  raw_chunks_ = width_ == bytes && H5Tget_order(type_.id()) != H5T_ORDER_BE &&
                H5Tget_precision(type_.id()) == 8 * bytes;
}

void Column::CheckStorage() {
  const Handle creation(H5Dget_create_plist(dataset_.id()));
  if (!creation.valid()) Fail("HDF5 cannot read how it is stored", "an undamaged HDF5 file");
  stored_bytes_ = static_cast<int64_t>(H5Dget_storage_size(dataset_.id()));
  const H5D_layout_t layout = H5Pget_layout(creation.id());
  const double declared = static_cast<double>(rows_) * static_cast<double>(file_width_);
  const std::string declares =
      "declares " + std::to_string(rows_) + " rows of " + std::to_string(file_width_) + " bytes; ";
  block_rows_ = kContiguousRows;
  if (H5Pget_external_count(creation.id()) > 0 || layout == H5D_VIRTUAL) {
    Fail("its data lies in other files", "data that lies in the file itself");
  }
  if (layout == H5D_CHUNKED) {
    hsize_t chunk_rows = 0;
    if (H5Pget_chunk(creation.id(), 1, &chunk_rows) != 1 || chunk_rows == 0) {
      Fail("HDF5 cannot read its chunk size", "an undamaged HDF5 file");
    }
    block_rows_ = static_cast<int64_t>(chunk_rows);
    chunked_ = true;
    CheckFilters(creation);
    if (stored_bytes_ < 0 || stored_bytes_ > file_->size()) {
      Fail("its chunks claim " + std::to_string(stored_bytes_) + " bytes; the file has " +
               std::to_string(file_->size()),
           "a whole, undamaged file");
    }
    const double chunk = static_cast<double>(chunk_rows) * static_cast<double>(file_width_);
    const double limit = static_cast<double>(kMaxExpansion) * static_cast<double>(stored_bytes_);
    if (rows_ > 0 && std::max(declared, chunk) > limit) {
      Fail(declares + "its chunks store " + std::to_string(stored_bytes_) + " bytes",
           "every row stored (fill values do not count)");
    }
  } else if (layout == H5D_CONTIGUOUS && rows_ > 0) {
    const haddr_t offset = H5Dget_offset(dataset_.id());
    const double end = offset == HADDR_UNDEF
                           ? 0
                           : static_cast<double>(offset) + static_cast<double>(stored_bytes_);
    if (static_cast<double>(stored_bytes_) < declared || end < declared) {
      Fail(declares + std::to_string(stored_bytes_) + " bytes are stored",
           "every row stored (fill values do not count)");
    }
    if (end > static_cast<double>(file_->size())) {
      Fail(declares + "the file has " + std::to_string(file_->size()) + " bytes",
           "a whole file: is it truncated?");
    }
    if (width_ == sizeof(HeapReference)) file_offset_ = offset;
  }
}

void Column::CheckFilters(const Handle& creation) {
  unsigned options = 0;
  if (H5Pget_chunk_opts(creation.id(), &options) < 0 || options != 0) raw_chunks_ = false;
  const int count = H5Pget_nfilters(creation.id());
  for (int index = 0; index < count; ++index) {
    unsigned flags = 0;
    unsigned values[8] = {};
    size_t values_count = 8;
    char filter_name[64] = "";
    const H5Z_filter_t filter =
        H5Pget_filter2(creation.id(), static_cast<unsigned>(index), &flags, &values_count, values,
                       sizeof(filter_name), filter_name, nullptr);
    if (filter < 0) Fail("HDF5 cannot read its filters", "an undamaged HDF5 file");
    if (filter == H5Z_FILTER_SHUFFLE && filters_.shuffle_index < 0 &&
        filters_.compression_index < 0 && values_count >= 1 &&
        static_cast<int64_t>(values[0]) == file_width_) {
      filters_.shuffle_index = index;
    } else if ((filter == H5Z_FILTER_DEFLATE || filter == kLzfFilter) &&
               filters_.compression_index < 0) {
      filters_.compression_index = index;
      filters_.compression = filter == kLzfFilter ? ChunkFilters::Compression::kLzf
                                                  : ChunkFilters::Compression::kDeflate;
    } else {
      raw_chunks_ = false;
    }
    if (H5Zfilter_avail(filter) <= 0) {
      const std::string quoted =
          filter_name[0] == '\0' ? "" : " ('" + std::string(filter_name) + "')";
      Fail("is compressed by filter " + std::to_string(filter) + quoted +
               ", which is not known here",
           "gzip, lzf, shuffle, or a filter whose plugin is in HDF5_PLUGIN_PATH");
    }
  }
}

void Column::Restrict(int64_t begin, int64_t count) {
  begin_ = begin;
  rows_ = count;
}

void Column::RequireStoredChunks() const {
  if (!chunked_) return;
  for (int64_t first = begin_ - begin_ % block_rows_; first < begin_ + rows_;
       first += block_rows_) {
    const hsize_t offset = static_cast<hsize_t>(first);
    hsize_t stored = 0;
    if (H5Dget_chunk_storage_size(dataset_.id(), &offset, &stored) < 0 || stored == 0) {
      Fail({first - begin_, "the chunk from here on is not stored",
            "every row stored (fill values do not count)"});
    }
  }
}

void Column::ReadRows(int64_t first, int64_t count, hid_t memory_type, void* out,
                      hid_t transfer) const {
  PrepareLibrary();
  const Handle file_space(H5Dget_space(dataset_.id()));
  const hsize_t start = static_cast<hsize_t>(begin_ + first);
  const hsize_t length = static_cast<hsize_t>(count);
  const Handle memory_space(H5Screate_simple(1, &length, nullptr));
  if (H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, &start, nullptr, &length, nullptr) < 0 ||
      H5Dread(dataset_.id(), memory_type, memory_space.id(), file_space.id(), transfer, out) < 0) {
    Fail({first,
          "HDF5 cannot decode the rows from here on (" + LastLibraryFault().description + ")",
          "undamaged data"});
  }
}

}  // namespace tidewright::hdf5
