#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_INTERNER_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_INTERNER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/ids.h"

namespace tidewright {

// Gives each distinct text a row, in order of first appearance. Open addressing over an arena: no
// allocation a text.
class Interner {
 public:
  Interner();
  // The row of `text`, a new one where it has not been seen. Throws DataError past 2^31 - 1 texts.
  int32_t Intern(std::string_view text);
  int64_t size() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  std::string_view operator[](int64_t row) const {
    return std::string_view(bytes_.data() + offsets_[row],
                            static_cast<size_t>(offsets_[row + 1] - offsets_[row]));
  }
  // Hands the texts over; the interner is empty afterwards.
  IdTable Release();

 private:
  struct Slot {
    uint32_t tag = 0;  // other bits of the hash than those that chose the slot
    int32_t row = -1;  // -1: free
  };
  void Grow();

  std::vector<Slot> slots_;
  std::vector<int64_t> offsets_{0};
  std::vector<char> bytes_;
};

// For each row of a table the text that was seen with it most often; the first seen of equals.
class TextVotes {
 public:
  // Empty texts do not vote.
  void Add(int32_t row, std::string_view text, int64_t votes = 1);
  // Adds the votes of `other`, whose row r is `rows[r]` here.
  void Merge(const TextVotes& other, const std::vector<int32_t>& rows);
  // One text a row; empty where a row has none.
  std::vector<std::string> Winners(int64_t rows) const;

 private:
  Interner keys_;  // four bytes of the row, then the text
  std::vector<int64_t> votes_;
  std::vector<int32_t> latest_;  // row -> its key last voted for, or -1
  std::vector<char> scratch_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_INTERNER_H_
