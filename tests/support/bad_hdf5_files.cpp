#include "tests/support/bad_hdf5_files.h"

#include <cmath>
#include <limits>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using Ints = std::vector<int32_t>;
using Longs = std::vector<int64_t>;
using Floats = std::vector<float>;
using Doubles = std::vector<double>;
using Texts = std::vector<std::string>;
using Change = std::function<void(Hdf5Builder*)>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
const StorageOptions kDeflated = {.chunk = 4, .shuffle = true, .deflate = 6};

// Appends sound files with one change each.
class FaultList {
 public:
  FaultList(std::vector<BadFile>* files, void (*build_good)(Hdf5Builder*))
      : files_(files), build_good_(build_good) {}
  void operator()(const std::string& name, const std::string& dataset, std::optional<int64_t> row,
                  const std::string& what, const Change& change) const {
    const auto write = [change, build_good = build_good_](const std::string& path) {
      Hdf5Builder builder(path);
      build_good(&builder);
      change(&builder);
    };
    files_->push_back({name, write, dataset, row, what});
  }

 private:
  std::vector<BadFile>* files_;
  void (*build_good_)(Hdf5Builder*);
};

template <class T>
Change Replace(const std::string& dataset, const std::vector<T>& values,
               const StorageOptions& storage = {}) {
  return [=](Hdf5Builder* builder) {
    builder->Delete(dataset);
    builder->Numbers(dataset, values, storage);
  };
}

Change ReplaceTexts(const std::string& dataset, const Texts& texts) {
  return [=](Hdf5Builder* builder) {
    builder->Delete(dataset);
    builder->Texts(dataset, texts);
  };
}

Change Remove(const std::string& path) {
  return [=](Hdf5Builder* builder) { builder->Delete(path); };
}

Change Times(const Longs& times, const std::string& unit) {
  return [=](Hdf5Builder* builder) {
    builder->Delete("/events/timestamp");
    builder->Numbers("/events/timestamp", times);
    if (!unit.empty()) builder->TextAttribute("/events/timestamp", "unit", unit);
  };
}

Change Unstored(const std::string& dataset, hsize_t rows, const StorageOptions& storage) {
  return [=](Hdf5Builder* builder) {
    builder->Delete(dataset);
    builder->Unstored(dataset, H5T_NATIVE_INT32, {rows}, storage);
  };
}

Change RawChunk(const std::string& dataset, hid_t type, hsize_t rows, const std::string& bytes,
                const StorageOptions& storage) {
  return [=](Hdf5Builder* builder) {
    builder->Delete(dataset);
    builder->RawChunk(dataset, type, rows, bytes, storage);
  };
}

Change Shape(const Longs& shape) {
  return [=](Hdf5Builder* builder) {
    builder->Delete("/X");
    builder->Group("/X");
    builder->TextAttribute("/X", "encoding-type", "csr_matrix");
    if (!shape.empty()) builder->IntAttribute("/X", "shape", shape);
  };
}

void AddFileFaults(std::vector<BadFile>* files) {
  files->push_back({"NotHdf5",
                    [](const std::string& path) { WriteWholeFile(path, "user,item\n1,2\n"); },
                    "",
                    {},
                    "is not an HDF5 file"});
  files->push_back(
      {"NoBytes", [](const std::string& path) { WriteWholeFile(path, ""); }, "", {}, "is empty"});
  files->push_back({"Truncated",
                    [](const std::string& path) {
                      {
                        Hdf5Builder builder(path);
                        BuildGoodLog(&builder);
                      }
                      const std::string bytes = ReadWholeFile(path);
                      WriteWholeFile(path, bytes.substr(0, bytes.size() * 3 / 4));
                    },
                    "",
                    {},
                    "truncated"});
  files->push_back({"NoKnownLayout",
                    [](const std::string& path) {
                      Hdf5Builder(path).Numbers("/numbers", Ints{1, 2, 3});
                    },
                    "/",
                    {},
                    "holds no event log"});
}

void AddLogFaults(std::vector<BadFile>* files) {
  const FaultList add(files, BuildGoodLog);
  add("UserMissing", "/events/user", {}, "is missing", Remove("/events/user"));
  add("ItemMissing", "/events/item", {}, "is missing", Remove("/events/item"));
  add("UserIdsMissing", "/users/id", {}, "is missing", Remove("/users/id"));
  add("SignalNamesMissing", "/signals/name", {}, "is missing", Remove("/signals/name"));
  add("SignalMissing", "/events/signal", {}, "is missing", Remove("/events/signal"));
  add("LengthsDisagree", "/events/item", {}, "has 5 rows; expected 6",
      Replace("/events/item", Ints{0, 1, 2, 0, 1}));
  add("NoEvents", "/events/user", {}, "is empty", [](Hdf5Builder* builder) {
    for (const char* name : {"user", "item", "signal", "value", "timestamp"}) {
      builder->Delete(std::string("/events/") + name);
      builder->Numbers(std::string("/events/") + name, Ints{});
    }
    builder->TextAttribute("/events/timestamp", "unit", "s");
  });
  add("UserOutOfRange", "/events/user", 5, "value 4; expected a whole number from 0 to 3",
      Replace("/events/user", Ints{0, 0, 1, 2, 3, 4}, kDeflated));
  add("UserFarOutOfRange", "/events/user", 1, "value 4294967296",
      Replace("/events/user", Longs{0, 1LL << 32, 1, 2, 3, 3}));
  add("ItemNegative", "/events/item", 2, "value -1",
      Replace("/events/item", Ints{0, 1, -1, 0, 1, 2}));
  add("ItemFraction", "/events/item", 3, "value 0.5",
      Replace("/events/item", Doubles{0, 1, 2, 0.5, 1, 2}));
  add("UserIsText", "/events/user", {}, "is text; expected numbers",
      ReplaceTexts("/events/user", {"a", "b", "c", "d", "e", "f"}));
  add("UserIsTable", "/events/user", {}, "has 2 dimensions", [](Hdf5Builder* builder) {
    builder->Delete("/events/user");
    builder->Unstored("/events/user", H5T_NATIVE_INT32, {6, 1});
  });
  add("UserIsGroup", "/events/user", {}, "is not a data set", [](Hdf5Builder* builder) {
    builder->Delete("/events/user");
    builder->Group("/events/user");
  });
  add("UserIsRecords", "/events/user", {}, "records of several fields", [](Hdf5Builder* builder) {
    const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "a", 0, H5T_NATIVE_INT32);
    H5Tinsert(type, "b", 4, H5T_NATIVE_INT32);
    builder->Delete("/events/user");
    builder->Unstored("/events/user", type, {6});
    H5Tclose(type);
  });
  add("ValueNan", "/events/value", 4, "value nan",
      Replace("/events/value", Floats{1, 1, 1, 1, kNan, kNan}, kDeflated));
  add("ValueInfinite", "/events/value", 0, "value -inf",
      Replace("/events/value", Floats{-kInfinity, 1, 1, 1, 1, 1}));
  add("ValueBeyondFloat", "/events/value", 2, "value 1e+300",
      Replace("/events/value", Doubles{1, 1, 1e300, 1, 1, 1}));
  add("UnitUnknown", "/events/timestamp", {}, "attribute 'unit' is 'min'; expected s, ms, us or ns",
      Times({1, 2, 3, 4, 5, 6}, "min"));
  add("UnitMissing", "/events/timestamp", {}, "attribute 'unit' is missing",
      Times({1, 2, 3, 4, 5, 6}, ""));
  add("UnitIsNumber", "/events/timestamp", {}, "attribute 'unit' is not one text",
      [](Hdf5Builder* builder) {
        Times({1, 2, 3, 4, 5, 6}, "")(builder);
        builder->IntAttribute("/events/timestamp", "unit", {1});
      });
  add("TimeOutOfRange", "/events/timestamp", 3, "within 292,000 years",
      Times({1, 2, 3, 1LL << 62, 5, 6}, "s"));
  add("SignalOutOfRange", "/events/signal", 1, "value 2; expected a whole number from 0 to 1",
      Replace("/events/signal", Ints{0, 2, 0, 0, 1, 0}));
  add("TooManySignals", "/signals/name", {}, "has 256 signals; expected 1 to 255",
      [](auto* builder) {
        Texts names;
        for (int s = 0; s < 256; ++s) names.push_back("signal" + std::to_string(s));
        ReplaceTexts("/signals/name", names)(builder);
      });
  add("SignalTwice", "/signals/name", 1, "signal 'view'",
      ReplaceTexts("/signals/name", {"view", "view"}));
  add("SignalWeightsDisagree", "/signals/weight", {}, "has 3 rows; expected 2",
      Replace("/signals/weight", Floats{1, 2, 3}));
  add("SignalWeightNan", "/signals/weight", 1, "value nan",
      Replace("/signals/weight", Floats{1, kNan}));
  add("IdTwice", "/users/id", 2, "id 'anna' is that of row 0",
      ReplaceTexts("/users/id", {"anna", "ben", "anna", "dora"}));
  add("IdIsFraction", "/items/id", {}, "expected text or integers",
      Replace("/items/id", Floats{1, 2, 3}));
  add("TestUserOutOfRange", "/test/user", 0, "value 9", [](Hdf5Builder* builder) {
    builder->Group("/test");
    builder->Numbers("/test/user", Ints{9});
  });
}

void AddStorageFaults(std::vector<BadFile>* files) {
  const FaultList add(files, BuildGoodLog);
  add("ChunksDeclareFarTooMuch", "/events/user", {}, "declares 1099511627776 rows",
      Unstored("/events/user", 1ULL << 40, kDeflated));
  add("DeclaresMoreThanAnyMachineHas", "/events/user", {}, "declares 9223372036854775807 rows",
      Unstored("/events/user", (1ULL << 63) - 1, kDeflated));
  add("ContiguousNeverStored", "/events/user", {}, "declares 1099511627776 rows",
      Unstored("/events/user", 1ULL << 40, {}));
  add("ChunkNeverStored", "/events/user", 4, "is not stored",
      RawChunk("/events/user", H5T_NATIVE_INT32, 6, std::string(16, '\0'), {.chunk = 4}));
  add("HugeChunkInFewBytes", "/events/user", {}, "chunks store 8 bytes",
      RawChunk("/events/user", H5T_NATIVE_INT32, 1 << 29, "whatever",
               {.chunk = 1 << 29, .deflate = 1}));
  add("DeflateDamaged", "/events/user", 0, "is damaged",
      RawChunk("/events/user", H5T_NATIVE_INT32, 6, "this was never deflated",
               {.chunk = 6, .shuffle = true, .deflate = 1}));
  add("LzfDamaged", "/events/user", 0, "is damaged",
      RawChunk("/events/user", H5T_NATIVE_INT32, 6, "\xFF\xFF\xFF\xFF nothing to point back to",
               {.chunk = 6, .filter = 32000}));
  add("ChunkOfWrongSize", "/events/user", 0, "has 7 bytes; expected 24", [](Hdf5Builder* builder) {
    builder->Delete("/events/user");
    builder->RawChunk("/events/user", H5T_NATIVE_INT32, 6, "7 bytes", {.chunk = 6, .deflate = 1},
                      1);
  });
  add("ChecksumDiffers", "/events/user", 0, "HDF5 cannot decode",
      RawChunk("/events/user", H5T_NATIVE_INT32, 6, std::string(24, '\0') + "sum?",
               {.chunk = 6, .fletcher32 = true}));
  add("FilterUnknown", "/events/user", {}, "filter 305",
      RawChunk("/events/user", H5T_NATIVE_INT32, 6, "anything at all",
               {.chunk = 6, .filter = 305}));
  add("IdsDeclareFarTooMuch", "/users/id", {}, "declares 1099511627776 rows",
      Unstored("/users/id", 1ULL << 40, kDeflated));
  add("ExternalStorage", "/events/user", {}, "lies in other files", [](Hdf5Builder* builder) {
    builder->Delete("/events/user");
    builder->External("/events/user", "/etc/passwd", 6);
  });
  add("ExternalLink", "/events/user", {}, "link out of this file", [](Hdf5Builder* builder) {
    builder->Delete("/events/user");
    builder->ExternalLink("other.h5", "/events/user", "/events/user");
  });
  add("SoftLinkToExternalLink", "/events/user", {}, "link out of this file",
      [](Hdf5Builder* builder) {
        builder->Delete("/events/user");
        builder->ExternalLink("other.h5", "/", "/elsewhere");
        builder->SoftLink("/elsewhere/user", "/events/user");
      });
  add("SoftLinkLoop", "/events/user", {}, "form a loop", [](Hdf5Builder* builder) {
    builder->Delete("/events/user");
    builder->SoftLink("/events/again", "/events/user");
    builder->SoftLink("user", "/events/again");
  });
}

// Writes the good log and overwrites its first heap of variable texts, from the end of the heap's
// header on: the first object's index, count, padding and size.
void WriteWithBadHeap(const std::string& path, size_t at, uint64_t bytes) {
  {
    Hdf5Builder builder(path);
    BuildGoodLog(&builder);
  }
  std::string file = ReadWholeFile(path);
  const size_t heap = file.find("GCOL");
  file.replace(heap + at, sizeof(bytes), reinterpret_cast<const char*>(&bytes), sizeof(bytes));
  WriteWholeFile(path, file);
}

// HDF5 1.10 itself reads beyond its memory on these.
void AddHeapFaults(std::vector<BadFile>* files) {
  const auto add = [&](const std::string& name, size_t at, uint64_t bytes) {
    files->push_back({name, [=](const std::string& path) { WriteWithBadHeap(path, at, bytes); },
                      "/users/id", 0, "its text is not where it should be"});
  };
  add("HeapWithoutObjects", 16, 0);
  add("HeapObjectBeyondItsEnd", 24, 1ULL << 40);
  add("HeapOfNoSize", 8, 0);
  add("HeapLargerThanTheFile", 8, 1ULL << 40);
}

void AddMatrixFaults(std::vector<BadFile>* files) {
  const FaultList add(files, BuildGoodMatrix);
  add("ShapeMissing", "/X", {}, "attribute 'shape' is missing", Shape({}));
  add("ShapeOfThree", "/X", {}, "attribute 'shape' has 3 numbers", Shape({3, 4, 5}));
  add("ShapeTooLarge", "/X", {}, "attribute 'shape' holds 2147483648", Shape({1LL << 31, 4}));
  add("ShapeBeyondTheEntries", "/X", {}, "attribute 'shape' holds 2000000000 for 2 entries",
      [](Hdf5Builder* builder) {
        Shape({2, 2'000'000'000})(builder);
        builder->Numbers("/X/indptr", Ints{0, 1, 2});
        builder->Numbers("/X/indices", Ints{0, 1});
        builder->Numbers("/X/data", Floats{1, 2});
      });
  add("ShapeNegative", "/X", {}, "attribute 'shape' holds -4", Shape({3, -4}));
  add("DataMissing", "/X/data", {}, "is missing", Remove("/X/data"));
  add("IndptrMissing", "/X/indptr", {}, "is missing", Remove("/X/indptr"));
  add("IndptrTooShort", "/X/indptr", {}, "has 3 rows; expected 4",
      Replace("/X/indptr", Ints{0, 2, 4}));
  add("IndptrStartsLate", "/X/indptr", 0, "starts at 1; expected 0",
      Replace("/X/indptr", Ints{1, 2, 2, 4}));
  add("IndptrFalls", "/X/indptr", 2, "falls from 3 to 2", Replace("/X/indptr", Ints{0, 3, 2, 4}));
  add("IndptrNegative", "/X/indptr", 1, "falls from 0 to -1",
      Replace("/X/indptr", Longs{0, -1, 2, 4}));
  add("IndptrEndsBeyond", "/X/indptr", 3, "ends at 5; expected 4",
      Replace("/X/indptr", Longs{0, 2, 2, 5}));
  add("IndicesOutOfRange", "/X/indices", 1, "value 4; expected a whole number from 0 to 3",
      Replace("/X/indices", Ints{0, 4, 1, 2}));
  add("IndicesNegative", "/X/indices", 3, "value -2", Replace("/X/indices", Ints{0, 3, 1, -2}));
  add("IndicesDisagree", "/X/indices", {}, "has 3 rows; expected 4",
      Replace("/X/indices", Ints{0, 3, 1}));
  add("DataNan", "/X/data", 2, "value nan", Replace("/X/data", Floats{1, 2, kNan, 4}));
  add("DataIsText", "/X/data", {}, "is text; expected numbers",
      ReplaceTexts("/X/data", {"1", "2", "3", "4"}));
  add("SumBeyondFloat", "/X", {}, "the entries of user 0 and item 0 add up to",
      [](Hdf5Builder* builder) {
        Replace("/X/data", Floats{3e38f, 3e38f, 1, 1})(builder);
        Replace("/X/indices", Ints{0, 0, 1, 2})(builder);
      });
  add("NoEntries", "/X/data", {}, "has no entry", [](Hdf5Builder* builder) {
    Replace("/X/data", Floats{})(builder);
    Replace("/X/indices", Ints{})(builder);
    Replace("/X/indptr", Ints{0, 0, 0, 0})(builder);
  });
  add("WrongIdCount", "/items/id", {}, "has 3 ids; expected 4, as the shape says",
      ReplaceTexts("/items/id", {"a", "b", "c"}));
  add("TestShapeDiffers", "/test", {}, "differs from that of /X", [](Hdf5Builder* builder) {
    builder->Group("/test");
    builder->TextAttribute("/test", "encoding-type", "csr_matrix");
    builder->IntAttribute("/test", "shape", {3, 5});
  });
  add("TestIsNoMatrix", "/test", {}, "names no sparse matrix",
      [](Hdf5Builder* builder) { builder->Group("/test"); });
  add("TwoMatrices", "/b", {}, "is a second matrix beside /a", [](Hdf5Builder* builder) {
    builder->Delete("/X");
    for (const char* group : {"/a", "/b"}) {
      builder->Group(group);
      builder->TextAttribute(group, "encoding-type", "csr_matrix");
    }
  });
}

}  // namespace

void BuildGoodLog(Hdf5Builder* builder) {
  for (const char* group : {"/events", "/signals", "/users", "/items"}) builder->Group(group);
  builder->Numbers("/events/user", Ints{0, 0, 1, 2, 3, 3}, kDeflated);
  builder->Numbers("/events/item", Ints{0, 1, 2, 0, 1, 2}, kDeflated);
  builder->Numbers("/events/timestamp", Longs{10, 20, 30, 40, 50, 60}, kDeflated);
  builder->TextAttribute("/events/timestamp", "unit", "s");
  builder->Numbers("/events/signal", std::vector<uint8_t>{0, 1, 0, 0, 1, 0}, kDeflated);
  builder->Numbers("/events/value", Floats{1, 2, 3, 4, 5, 6}, kDeflated);
  builder->Texts("/signals/name", {"view", "purchase"});
  builder->Numbers("/signals/weight", Floats{0.5f, 1});
  builder->Texts("/users/id", {"anna", "ben", "carl", "dora"});
  builder->Texts("/items/id", {"x", "y", "z"}, 8);
}

void BuildGoodMatrix(Hdf5Builder* builder) {
  for (const char* group : {"/X", "/users", "/items"}) builder->Group(group);
  builder->TextAttribute("/X", "encoding-type", "csr_matrix");
  builder->TextAttribute("/X", "encoding-version", "0.1.0");
  builder->IntAttribute("/X", "shape", {3, 4});
  builder->Numbers("/X/data", Floats{1, 2, 3, 4});
  builder->Numbers("/X/indices", Ints{0, 3, 1, 2});
  builder->Numbers("/X/indptr", Ints{0, 2, 2, 4});
  builder->Texts("/users/id", {"anna", "ben", "carl"});
  builder->Texts("/items/id", {"w", "x", "y", "z"});
}

const std::vector<BadFile>& BadHdf5Files() {
  static const std::vector<BadFile> files = [] {
    std::vector<BadFile> all;
    AddFileFaults(&all);
    AddLogFaults(&all);
    AddStorageFaults(&all);
    AddHeapFaults(&all);
    AddMatrixFaults(&all);
    return all;
  }();
  return files;
}

}  // namespace tidewright
