#include "host/data/hdf5/text.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <string_view>

#include "host/data/hdf5/global_heap.h"
#include "host/data/hdf5/numeric.h"

namespace tidewright::hdf5 {
namespace {

using TextSink = std::function<void(std::string_view)>;

constexpr int64_t kMinRowsABlock = 4096;
constexpr size_t kMaxTextBytes = 1 << 20;
constexpr size_t kFixedBlockBytes = 4 << 20;

// What HDF5 may allocate for texts of variable length: many rows of a small hostile file can point
// at one long text.
struct TextBudget {
  size_t left;
};

size_t TextBudgetBytes(const Column& column) {
  return kMaxTextBytes + kMaxExpansion * static_cast<size_t>(column.file().size());
}

void* AllocateText(size_t bytes, void* budget) {
  TextBudget* const texts = static_cast<TextBudget*>(budget);
  if (bytes > kMaxTextBytes || bytes > texts->left) return nullptr;
  texts->left -= bytes;
  return std::malloc(bytes);
}

void FreeText(void* text, void*) { std::free(text); }

void ReadHeapTexts(const Column& column, const TextSink& sink) {
  std::vector<HeapReference> references(static_cast<size_t>(column.rows()));
  column.Read([&](int64_t first, int64_t count, const void* elements) -> std::optional<Fault> {
    std::memcpy(references.data() + first, elements,
                static_cast<size_t>(count) * sizeof(HeapReference));
    return std::nullopt;
  });
  GlobalHeap heap(column.file());
  size_t left = TextBudgetBytes(column);
  for (int64_t row = 0; row < column.rows(); ++row) {
    const std::optional<std::string_view> text = heap.Find(references[row]);
    if (!text) column.Fail({row, "its text is not where it should be", "an undamaged file"});
    if (text->size() > kMaxTextBytes || text->size() > left) {
      column.Fail({row, "a text of " + std::to_string(text->size()) + " bytes",
                   "at most a megabyte, and no more text than such a file can hold"});
    }
    left -= text->size();
    sink(*text);
  }
}

void ReadVariableTexts(const Column& column, const TextSink& sink) {
  TextBudget budget{TextBudgetBytes(column)};
  const Handle transfer(H5Pcreate(H5P_DATASET_XFER));
  H5Pset_vlen_mem_manager(transfer.id(), AllocateText, &budget, FreeText, nullptr);
  const int64_t block_rows = std::max(kMinRowsABlock, column.rows_a_block());
  std::vector<char*> texts;
  for (int64_t first = 0; first < column.rows(); first += block_rows) {
    const int64_t count = std::min(block_rows, column.rows() - first);
    texts.assign(static_cast<size_t>(count), nullptr);
    column.ReadRows(first, count, column.type().id(), texts.data(), transfer.id());
    for (char* text : texts) {
      sink(text == nullptr ? std::string_view() : std::string_view(text));
      std::free(text);
    }
  }
}

void ReadFixedTexts(const Column& column, const TextSink& sink) {
  const size_t width = H5Tget_size(column.type().id());
  const bool space_padded = H5Tget_strpad(column.type().id()) == H5T_STR_SPACEPAD;
  const int64_t block_rows = std::min(
      column.rows_a_block(), std::max<int64_t>(1, static_cast<int64_t>(kFixedBlockBytes / width)));
  std::vector<char> texts(static_cast<size_t>(std::min(block_rows, column.rows())) * width);
  for (int64_t first = 0; first < column.rows(); first += block_rows) {
    const int64_t count = std::min(block_rows, column.rows() - first);
    column.ReadRows(first, count, column.type().id(), texts.data());
    for (int64_t row = 0; row < count; ++row) {
      const char* text = texts.data() + static_cast<size_t>(row) * width;
      size_t length = strnlen(text, width);
      while (space_padded && length > 0 && text[length - 1] == ' ') --length;
      sink(std::string_view(text, length));
    }
  }
}

}  // namespace

void ForEachText(const Column& column, const std::function<void(std::string_view)>& sink) {
  if (!column.is_text()) column.Fail("is numbers", "text");
  column.RequireStoredChunks();
  if (column.has_heap_references()) {
    ReadHeapTexts(column, sink);
  } else if (column.is_variable_text()) {
    ReadVariableTexts(column, sink);
  } else {
    ReadFixedTexts(column, sink);
  }
}

std::vector<std::string> ReadTexts(const Column& column) {
  std::vector<std::string> texts;
  texts.reserve(static_cast<size_t>(column.rows()));
  ForEachText(column, [&](std::string_view text) { texts.emplace_back(text); });
  return texts;
}

IdTable ReadRepeatedIds(const Column& column) {
  if (column.rows() > std::numeric_limits<int32_t>::max()) {
    column.Fail("has " + std::to_string(column.rows()) + " ids", "at most 2147483647");
  }
  if (column.rows() == 0) column.Fail("is empty", "at least one id");
  IdTable ids;
  ids.Reserve(column.rows(), column.rows() * 8);
  if (column.is_text()) {
    ForEachText(column, [&](std::string_view text) { ids.Add(text); });
  } else {
    if (column.kind() == ElementKind::kFloat) column.Fail("is fractions", "text or integers");
    std::vector<int64_t> numbers(static_cast<size_t>(column.rows()));
    ReadIntegers(column, numbers.data());
    for (const int64_t number : numbers) ids.Add(std::to_string(number));
  }
  return ids;
}

IdTable ReadIds(const Column& column) {
  IdTable ids = ReadRepeatedIds(column);
  ids.BuildIndex();
  for (int64_t row = 0; row < ids.size(); ++row) {
    const int64_t first = ids.Find(ids[row]);
    if (first != row) {
      column.Fail({row,
                   "id '" + std::string(ids[row]) + "' is that of row " + std::to_string(first),
                   "each id once"});
    }
  }
  return ids;
}

}  // namespace tidewright::hdf5
