#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "host/core/parallel.h"
#include "host/data/hdf5/layouts.h"
#include "host/data/hdf5/numeric.h"
#include "host/data/hdf5/text.h"

namespace tidewright::hdf5 {
namespace {

constexpr int64_t kRowsABlock = 1024;
// Most ids of the axis that no array's length bounds: more than a matrix of so few entries is for.
constexpr int64_t kFreeRows = 1'000'000;
constexpr int64_t kFreeRowsAnEntry = 1'000;

// "csr_matrix", "csc_matrix", or nothing; the legacy attribute says "csr" or "csc".
std::optional<std::string> MatrixEncoding(const File& file, const std::string& group) {
  if (!file.HasGroup(group)) return std::nullopt;
  std::optional<std::string> encoding = file.TextAttribute(group, "encoding-type");
  if (encoding == "csr_matrix" || encoding == "csc_matrix") return encoding;
  encoding = file.TextAttribute(group, "h5sparse_format");
  if (encoding == "csr" || encoding == "csc") return *encoding + "_matrix";
  return std::nullopt;
}

std::string Below(const std::string& group, const std::string& name) {
  return group == "/" ? "/" + name : group + "/" + name;
}

std::pair<int64_t, int64_t> ReadShape(const File& file, const std::string& group) {
  std::optional<std::vector<int64_t>> shape = file.IntAttribute(group, "shape");
  if (!shape) shape = file.IntAttribute(group, "h5sparse_shape");
  const std::string expected = "attribute 'shape': two whole numbers, [users, items]";
  if (!shape) file.Fail(group, "attribute 'shape' is missing", expected);
  if (shape->size() != 2) {
    file.Fail(group, "attribute 'shape' has " + std::to_string(shape->size()) + " numbers",
              expected);
  }
  for (const int64_t extent : *shape) {
    if (extent < 1 || extent > std::numeric_limits<int32_t>::max()) {
      file.Fail(group, "attribute 'shape' holds " + std::to_string(extent),
                "numbers from 1 to 2147483647");
    }
  }
  return {(*shape)[0], (*shape)[1]};
}

void ReadOffsets(const Column& column, int64_t rows, int64_t entries,
                 std::vector<int64_t>* offsets) {
  if (column.rows() != rows + 1) {
    column.Fail("has " + std::to_string(column.rows()) + " rows",
                std::to_string(rows + 1) + ", one more than the shape says");
  }
  offsets->resize(static_cast<size_t>(rows) + 1);
  ReadIntegers(column, offsets->data());
  if (offsets->front() != 0) {
    column.Fail({0, "starts at " + std::to_string(offsets->front()), "0"});
  }
  for (int64_t row = 1; row <= rows; ++row) {
    if ((*offsets)[row] < (*offsets)[row - 1]) {
      column.Fail({row,
                   "falls from " + std::to_string((*offsets)[row - 1]) + " to " +
                       std::to_string((*offsets)[row]),
                   "offsets that never fall"});
    }
  }
  if (offsets->back() != entries) {
    column.Fail({rows, "ends at " + std::to_string(offsets->back()),
                 std::to_string(entries) + ", the number of entries"});
  }
}

// Reads data, indices and indptr as they lie; rows of `matrix` are rows of the compressed axis.
// `at_least`: entries that the shape's bound may count on besides its own.
Csr ReadCompressed(const File& file, const std::string& group, int64_t rows, int64_t cols,
                   int64_t at_least, Dataset* dataset) {
  const Column indptr = Column::Open(file, Below(group, "indptr"));
  const Column indices = Column::Open(file, Below(group, "indices"));
  const Column data = Column::Open(file, Below(group, "data"));
  if (indices.rows() != data.rows()) {
    indices.Fail("has " + std::to_string(indices.rows()) + " rows",
                 std::to_string(data.rows()) + ", as " + data.name());
  }
  if (cols > kFreeRows + kFreeRowsAnEntry * std::max(at_least, data.rows())) {
    file.Fail(group,
              "attribute 'shape' holds " + std::to_string(cols) + " for " +
                  std::to_string(data.rows()) + " entries",
              "at most " + std::to_string(kFreeRows) + " and " + std::to_string(kFreeRowsAnEntry) +
                  " more an entry");
  }
  Csr matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  ReadOffsets(indptr, rows, data.rows(), &matrix.offsets);
  matrix.ids.resize(static_cast<size_t>(data.rows()));
  matrix.values.resize(static_cast<size_t>(data.rows()));
  ReadIndices(indices, cols, "the shape of " + group, matrix.ids.data());
  ReadFloats(data, false, matrix.values.data());
  dataset->stored_bytes += indptr.stored_bytes() + indices.stored_bytes() + data.stored_bytes();
  dataset->decoded_bytes += 8 * (rows + 1) + 8 * data.rows();
  return matrix;
}

// Orders the ids of each row; entries of equal id keep their order, so that their sum is the same
// each time.
void SortRows(Csr* matrix) {
  ParallelRanges(matrix->rows, kRowsABlock, [&](int64_t begin, int64_t end, int) {
    std::vector<std::pair<int32_t, float>> entries;
    for (int64_t row = begin; row < end; ++row) {
      const auto first = matrix->ids.begin() + matrix->offsets[row];
      const auto last = matrix->ids.begin() + matrix->offsets[row + 1];
      if (std::is_sorted(first, last)) continue;
      entries.clear();
      for (int64_t k = matrix->offsets[row]; k < matrix->offsets[row + 1]; ++k) {
        entries.emplace_back(matrix->ids[k], matrix->values[k]);
      }
      std::stable_sort(entries.begin(), entries.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      int64_t k = matrix->offsets[row];
      for (const auto& [id, value] : entries) {
        matrix->ids[k] = id;
        matrix->values[k++] = value;
      }
    }
  });
}

bool NeedsMerge(const Csr& matrix) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    for (int64_t k = matrix.offsets[row]; k < matrix.offsets[row + 1]; ++k) {
      if (matrix.values[k] == 0) return true;
      if (k > matrix.offsets[row] && matrix.ids[k] == matrix.ids[k - 1]) return true;
    }
  }
  return false;
}

// Sums entries of the same row and id, and drops what is 0 then. In place.
void MergeRows(const File& file, const std::string& group, Csr* matrix, Dataset* dataset) {
  if (!NeedsMerge(*matrix)) return;
  int64_t out = 0;
  for (int64_t row = 0; row < matrix->rows; ++row) {
    const int64_t begin = matrix->offsets[row];
    const int64_t end = matrix->offsets[row + 1];
    const int64_t out_begin = out;
    for (int64_t k = begin; k < end;) {
      const int32_t id = matrix->ids[k];
      double sum = 0;
      const int64_t first = k;
      for (; k < end && matrix->ids[k] == id; ++k) sum += matrix->values[k];
      dataset->duplicates_merged += k - first - 1;
      const float value = static_cast<float>(sum);
      if (!std::isfinite(value)) {
        file.Fail(group,
                  "the entries of user " + std::to_string(row) + " and item " + std::to_string(id) +
                      " add up to " + std::to_string(sum),
                  "a finite number (float)");
      }
      if (value == 0) {
        ++dataset->zeros_dropped;
        continue;
      }
      matrix->ids[out] = id;
      matrix->values[out++] = value;
    }
    matrix->offsets[row] = out_begin;
  }
  matrix->offsets[matrix->rows] = out;
  matrix->ids.resize(static_cast<size_t>(out));
  matrix->values.resize(static_cast<size_t>(out));
}

Csr ReadMatrix(const File& file, const std::string& group, const std::string& encoding,
               std::pair<int64_t, int64_t> shape, int64_t at_least, Dataset* dataset) {
  const auto [users, items] = shape;
  Csr matrix;
  if (encoding == "csc_matrix") {
    matrix = Transpose(ReadCompressed(file, group, items, users, at_least, dataset));
  } else {
    matrix = ReadCompressed(file, group, users, items, at_least, dataset);
    SortRows(&matrix);
  }
  MergeRows(file, group, &matrix, dataset);
  return matrix;
}

IdTable ReadAxis(const File& file, const std::string& group, const std::string& anndata_group,
                 int64_t extent, Dataset* dataset, std::vector<TableColumn>* columns) {
  const std::optional<IdPlace> place = FindIds(file, group, anndata_group);
  if (!place) return IdTable::Range(extent);
  const Column column = Column::Open(file, place->group + "/" + place->name);
  if (column.rows() != extent) {
    column.Fail("has " + std::to_string(column.rows()) + " ids",
                std::to_string(extent) + ", as the shape says");
  }
  dataset->stored_bytes += column.stored_bytes();
  *columns = ReadTable(file, place->group, place->name, extent);
  return ReadIds(column);
}

}  // namespace

std::optional<IdPlace> FindIds(const File& file, const std::string& group,
                               const std::string& anndata_group) {
  if (file.HasDataset(group + "/id")) return IdPlace{group, "id"};
  const std::optional<std::string> index = file.TextAttribute(anndata_group, "_index");
  if (index && file.HasDataset(anndata_group + "/" + *index)) return IdPlace{anndata_group, *index};
  return std::nullopt;
}

std::optional<std::string> FindMatrix(const File& file) {
  for (const char* group : {"/X", "/", "/train", "/matrix"}) {
    if (MatrixEncoding(file, group)) return group;
  }
  std::vector<std::string> found;
  for (const std::string& name : file.List("/")) {
    if (name != "test" && MatrixEncoding(file, "/" + name)) found.push_back("/" + name);
  }
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    file.Fail(found[1], "is a second matrix beside " + found[0], "one, or one named /X");
  }
  return found[0];
}

void ReadMatrixLayout(const File& file, const std::string& group, Dataset* dataset) {
  const std::string encoding = *MatrixEncoding(file, group);
  dataset->layout = encoding == "csc_matrix" ? Layout::kAnnDataCsc : Layout::kAnnDataCsr;
  const std::pair<int64_t, int64_t> shape = ReadShape(file, group);
  dataset->matrix = ReadMatrix(file, group, encoding, shape, 0, dataset);
  if (dataset->matrix->nnz() == 0) {
    file.Fail(Below(group, "data"), "has no entry that is not 0", "at least one entry");
  }
  if (file.HasGroup("/test")) {
    const std::optional<std::string> test_encoding = MatrixEncoding(file, "/test");
    if (!test_encoding) {
      file.Fail("/test", "attribute 'encoding-type' names no sparse matrix",
                "csr_matrix or csc_matrix");
    }
    if (ReadShape(file, "/test") != shape) {
      file.Fail("/test", "attribute 'shape' differs from that of " + group,
                "the same users and items");
    }
    dataset->test_matrix =
        ReadMatrix(file, "/test", *test_encoding, shape, dataset->matrix->nnz(), dataset);
  }
  dataset->users = ReadAxis(file, "/users", "/obs", shape.first, dataset, &dataset->user_columns);
  dataset->items = ReadAxis(file, "/items", "/var", shape.second, dataset, &dataset->item_columns);
}

}  // namespace tidewright::hdf5
