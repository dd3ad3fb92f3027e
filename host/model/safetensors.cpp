#include "host/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "host/core/aligned.h"
#include "host/core/errors.h"
#include "host/core/hash.h"

namespace tidewright {
namespace {

static_assert(std::endian::native == std::endian::little,
              "arrays are stored as they lie in memory");

using json = nlohmann::ordered_json;

constexpr int64_t kLengthBytes = 8;
constexpr size_t kMostNames = 10'000;  // of an object: its names are searched one by one
constexpr int kMostDepth = 8;
constexpr int64_t kLargestHeader = 100'000'000;  // as the format's own library has it
constexpr int64_t kChunk = 4 << 20;              // still in the cache when it is written

struct TypeRow {
  ArrayType type;
  const char* name;
  int64_t bytes;
};
constexpr TypeRow kTypes[] = {{ArrayType::kF64, "F64", 8}, {ArrayType::kI64, "I64", 8},
                              {ArrayType::kF32, "F32", 4}, {ArrayType::kI32, "I32", 4},
                              {ArrayType::kU32, "U32", 4}, {ArrayType::kF16, "F16", 2},
                              {ArrayType::kI8, "I8", 1},   {ArrayType::kU8, "U8", 1}};

const TypeRow& RowOf(ArrayType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const TypeRow& row) { return row.type == type; });
}

int64_t BytesOf(const ArrayInfo& info) {
  int64_t bytes = RowOf(info.type).bytes;
  for (const int64_t size : info.shape) bytes *= size;
  return bytes;
}

// Wider types first, then by name.
bool StoredBefore(const ArrayInfo& a, const ArrayInfo& b) {
  const int64_t a_bytes = RowOf(a.type).bytes;
  const int64_t b_bytes = RowOf(b.type).bytes;
  return a_bytes != b_bytes ? a_bytes > b_bytes : a.name < b.name;
}

std::vector<ArrayView> InStoredOrder(std::vector<ArrayView> arrays) {
  std::sort(arrays.begin(), arrays.end(),
            [](const ArrayView& a, const ArrayView& b) { return StoredBefore(a.info, b.info); });
  return arrays;
}

// Names in the order of their bytes, whatever the order of the arrays: the checksum covers this
// text.
template <class Arrays, class InfoOf>
json HeaderOf(const Arrays& arrays, InfoOf info_of,
              const std::map<std::string, std::string>& metadata = {}) {
  std::map<std::string, json> entries;
  int64_t at = 0;
  for (const auto& array : arrays) {
    const ArrayInfo& info = info_of(array);
    const int64_t end = at + BytesOf(info);
    entries[info.name] = {
        {"data_offsets", {at, end}}, {"dtype", ArrayTypeName(info.type)}, {"shape", info.shape}};
    at = end;
  }
  if (!metadata.empty()) entries["__metadata__"] = metadata;
  json header = json::object();
  for (auto& [name, entry] : entries) header[name] = std::move(entry);
  return header;
}

const ArrayInfo& InfoOfView(const ArrayView& array) { return array.info; }
const ArrayInfo& InfoOfInfo(const ArrayInfo& array) { return array; }

// A name that is no UTF-8 is written with replacement characters rather than not at all.
std::string Text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// A value of a header for a message: short, and never a walk down a hostile depth.
std::string Brief(const json& value) {
  const bool flat =
      !value.is_structured() ||
      (value.is_array() &&
       std::none_of(value.begin(), value.end(), [](const json& v) { return v.is_structured(); }));
  return flat && value.size() <= 8 ? Text(value).substr(0, 80) : std::string(value.type_name());
}

class ArraysHasher {
 public:
  explicit ArraysHasher(const json& header) {
    const std::string text = Text(header);
    hasher_.Update(text.data(), text.size());
  }
  void Update(const void* data, int64_t bytes) { hasher_.Update(data, static_cast<size_t>(bytes)); }
  std::string Hex() const { return hasher_.Hex(); }

 private:
  Hasher hasher_;
};

// Parses JSON in which no object names a key twice (the parser alone would keep the last).
json ParseHeader(const std::string& text, const std::string& path) {
  std::vector<std::set<std::string>> open_objects;
  std::string twice;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    // A value that is too deep is copied, and freed, by a recursion that no stack holds.
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth > kMostDepth) {
      throw DataError({path, "header", {}},
                      "it nests deeper than " + std::to_string(kMostDepth) + " levels",
                      "the entries of arrays, which do not");
    }
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (!open_objects.empty() && open_objects.back().size() > kMostNames) {
      throw DataError({path, "header", {}},
                      "an object has more than " + std::to_string(kMostNames) + " names",
                      "a model's arrays");
    }
    if (event == json::parse_event_t::key &&
        !open_objects.back().insert(value.get<std::string>()).second && twice.empty()) {
      twice = value.get<std::string>();
    }
    return true;
  };
  json header;
  try {
    header = json::parse(text, watch);
  } catch (const json::parse_error& error) {
    throw DataError({path, "header", {}}, "no valid JSON at byte " + std::to_string(error.byte),
                    "the JSON header of a safetensors file");
  }
  if (!twice.empty()) throw DataError({path, "header", {}}, "'" + twice + "' stands twice", "once");
  if (!header.is_object()) {
    throw DataError({path, "header", {}}, "it is no JSON object", "one entry an array");
  }
  return header;
}

struct PlacedArray {
  ArrayInfo info;
  int64_t begin = 0;
  int64_t end = 0;
};

PlacedArray ParseArray(const std::string& path, const std::string& name, const json& entry,
                       int64_t data_bytes) {
  const DataLocation where{path, name, {}};
  const auto field = [&](const char* key) -> const json& {
    const auto found = entry.is_object() ? entry.find(key) : entry.end();
    if (!entry.is_object() || found == entry.end()) {
      throw DataError(where, std::string("no ") + key + " in the header",
                      "dtype, shape and data_offsets");
    }
    return *found;
  };
  const auto sizes = [&](const char* key) {
    const json& list = field(key);
    std::vector<int64_t> values;
    bool valid = list.is_array();
    for (size_t i = 0; valid && i < list.size(); ++i) {
      valid = list[i].is_number_unsigned() && list[i].get<uint64_t>() <= uint64_t{INT64_MAX};
      if (valid) values.push_back(list[i].get<int64_t>());
    }
    if (!valid) throw DataError(where, std::string(key) + " is wrong", "a list of whole numbers");
    return values;
  };
  PlacedArray array;
  array.info.name = name;
  const json& dtype = field("dtype");
  const auto row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                [&](const TypeRow& r) { return dtype == r.name; });
  if (row == std::end(kTypes)) {
    throw DataError(where, "dtype " + Brief(dtype) + " is not known", "F64, I64, F32, I32 or U8");
  }
  array.info.type = row->type;
  array.info.shape = sizes("shape");
  const std::vector<int64_t> offsets = sizes("data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_bytes) {
    throw DataError(where, "data_offsets " + Brief(field("data_offsets")) + " are out of range",
                    "begin and end within " + std::to_string(data_bytes) + " bytes of data");
  }
  array.begin = offsets[0];
  array.end = offsets[1];
  int64_t bytes = row->bytes;
  bool overflow = false;
  for (const int64_t size : array.info.shape) {
    overflow |= __builtin_mul_overflow(bytes, size, &bytes);
  }
  if (overflow || bytes != array.end - array.begin) {
    throw DataError(where,
                    "its shape " + Brief(field("shape")) + " does not fit its " +
                        std::to_string(array.end - array.begin) + " bytes",
                    std::string("shape x size of ") + row->name);
  }
  return array;
}

std::map<std::string, std::string> ParseMetadata(const std::string& path, const json& entry) {
  std::map<std::string, std::string> metadata;
  bool valid = entry.is_object();
  for (auto it = entry.begin(); valid && it != entry.end(); ++it) {
    valid = it->is_string();
    if (valid) metadata[it.key()] = it->get<std::string>();
  }
  if (!valid) throw DataError({path, "__metadata__", {}}, "it holds no text", "names and strings");
  return metadata;
}

}  // namespace

std::string ArrayTypeName(ArrayType type) { return RowOf(type).name; }

std::string ArraysChecksum(const std::vector<ArrayView>& arrays) {
  const std::vector<ArrayView> stored = InStoredOrder(arrays);
  ArraysHasher hasher(HeaderOf(stored, InfoOfView));
  for (const ArrayView& array : stored) hasher.Update(array.data, BytesOf(array.info));
  return hasher.Hex();
}

WrittenFile WriteSafetensors(const std::string& path, const std::vector<ArrayView>& arrays,
                             const std::map<std::string, std::string>& metadata) {
  const std::vector<ArrayView> stored = InStoredOrder(arrays);
  std::string text = Text(HeaderOf(stored, InfoOfView, metadata));
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');

  WrittenFile written;
  Hasher hasher;
  OutputFile file(path);
  const auto put = [&](const void* data, int64_t bytes) {
    const char* from = static_cast<const char*>(data);
    for (int64_t at = 0; at < bytes; at += kChunk) {
      const int64_t part = std::min(kChunk, bytes - at);
      hasher.Update(from + at, static_cast<size_t>(part));
      file.Write(from + at, part);
    }
    written.bytes += bytes;
  };
  const uint64_t length = text.size();
  put(&length, sizeof(length));
  put(text.data(), static_cast<int64_t>(text.size()));
  AlignedVector<char> made;
  for (const ArrayView& array : stored) {
    const int64_t bytes = BytesOf(array.info);
    if (!array.rows) put(array.data, bytes);
    const int64_t count = array.rows && bytes > 0 ? array.info.shape.at(0) : 0;
    const int64_t at_once = count > 0 ? std::max<int64_t>(1, kChunk * count / bytes) : 1;
    for (int64_t begin = 0; begin < count; begin += at_once) {
      const int64_t end = std::min(count, begin + at_once);
      made.resize(static_cast<size_t>((end - begin) * (bytes / count)));
      array.rows(begin, end, made.data());
      put(made.data(), static_cast<int64_t>(made.size()));
    }
    written.arrays.push_back(array.info);
  }
  file.Commit();
  written.checksum = hasher.Hex();
  return written;
}

SafetensorsReader::SafetensorsReader(InputFile file) : file_(std::move(file)) {
  const std::string& path = file_.path();
  uint64_t length = 0;
  if (file_.size() < kLengthBytes) {
    throw DataError({path, "", {}}, "it has " + std::to_string(file_.size()) + " bytes",
                    "a safetensors file");
  }
  file_.ReadAt(0, &length, kLengthBytes);
  if (length > uint64_t{kLargestHeader} ||
      static_cast<int64_t>(length) > file_.size() - kLengthBytes) {
    throw DataError({path, "header", {}}, "its declared length is " + std::to_string(length),
                    "at most the file's " + std::to_string(file_.size() - kLengthBytes) +
                        " bytes; the file is cut short or no safetensors file");
  }
  std::string text(static_cast<size_t>(length), '\0');
  file_.ReadAt(kLengthBytes, text.data(), static_cast<int64_t>(length));
  if (text.empty() || text[0] != '{') {
    throw DataError({path, "header", {}}, "it does not begin with {", "a safetensors file");
  }
  const json header = ParseHeader(text, path);
  const int64_t data_begin = kLengthBytes + static_cast<int64_t>(length);
  const int64_t data_bytes = file_.size() - data_begin;
  std::vector<PlacedArray> placed;
  for (auto it = header.begin(); it != header.end(); ++it) {
    if (it.key() == "__metadata__") {
      metadata_ = ParseMetadata(path, *it);
    } else {
      placed.push_back(ParseArray(path, it.key(), *it, data_bytes));
    }
  }
  std::sort(placed.begin(), placed.end(), [](const PlacedArray& a, const PlacedArray& b) {
    if (a.begin != b.begin || a.end != b.end)
      return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
    return StoredBefore(a.info, b.info);  // empty arrays side by side
  });
  int64_t at = 0;
  offsets_.push_back(data_begin);
  for (PlacedArray& array : placed) {
    if (array.begin != at) {
      throw DataError({path, array.info.name, {}},
                      "its data begin at " + std::to_string(array.begin),
                      std::to_string(at) + ", where the array before it ends");
    }
    at = array.end;
    offsets_.push_back(data_begin + at);
    positions_[array.info.name] = arrays_.size();
    arrays_.push_back(std::move(array.info));
  }
  if (at != data_bytes) {
    throw DataError({path, "", {}}, "it has " + std::to_string(data_bytes) + " bytes of data",
                    std::to_string(at) + ", where the last array ends");
  }
}

const std::vector<int64_t>& SafetensorsReader::ShapeOf(const std::string& name) const {
  const auto found = positions_.find(name);
  if (found == positions_.end()) {
    throw DataError({path(), name, {}}, "there is no such array", "it among the file's arrays");
  }
  return arrays_[found->second].shape;
}

int64_t SafetensorsReader::OffsetOf(const std::string& name) const {
  ShapeOf(name);
  return offsets_[positions_.at(name)];
}

int64_t SafetensorsReader::CheckArray(const std::string& name, ArrayType type, size_t rank) const {
  const std::vector<int64_t>& shape = ShapeOf(name);
  const ArrayInfo& info = arrays_[positions_.at(name)];
  if (info.type != type) {
    throw DataError({path(), name, {}}, "it is " + ArrayTypeName(info.type), ArrayTypeName(type));
  }
  if (shape.size() != rank) {
    throw DataError({path(), name, {}}, "it has " + std::to_string(shape.size()) + " dimensions",
                    std::to_string(rank));
  }
  return BytesOf(info) / RowOf(type).bytes;
}

void SafetensorsReader::ReadData(const std::string& name, void* out) const {
  const size_t index = positions_.at(name);
  file_.ReadAt(offsets_[index], out, offsets_[index + 1] - offsets_[index]);
}

std::string SafetensorsReader::ArraysChecksum() const {
  ArraysHasher hasher(HeaderOf(arrays_, InfoOfInfo));
  std::vector<char> buffer(static_cast<size_t>(kChunk));
  for (int64_t at = offsets_.front(); at < offsets_.back(); at += kChunk) {
    const int64_t part = std::min(kChunk, offsets_.back() - at);
    file_.ReadAt(at, buffer.data(), part);
    hasher.Update(buffer.data(), part);
  }
  return hasher.Hex();
}

}  // namespace tidewright
