#ifndef TIDEWRIGHT_HOST_CORE_IDS_H_
#define TIDEWRIGHT_HOST_CORE_IDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidewright {

// The external ids of users or items: row r of a matrix is the user `table[r]`. Ids are byte
// strings (UTF-8 by convention), kept in one arena. Duplicates are the caller's error; Find returns
// the first.
class IdTable {
 public:
  IdTable() = default;
  // "0", "1", …, "count-1": what a matrix without ids has.
  static IdTable Range(int64_t count);

  void Reserve(int64_t count, int64_t bytes);
  void Add(std::string_view id);
  int64_t size() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  std::string_view operator[](int64_t row) const {
    return std::string_view(bytes_.data() + offsets_[row],
                            static_cast<size_t>(offsets_[row + 1] - offsets_[row]));
  }
  // The row of an id, or -1. BuildIndex first: without it the search is linear.
  int64_t Find(std::string_view id) const;
  void BuildIndex();
  // Rows `rows` of this table, in that order.
  IdTable Select(const std::vector<int32_t>& rows) const;

  // The arena as it is stored in artifacts: id r is bytes[offsets[r], offsets[r+1]).
  const std::vector<int64_t>& offsets() const { return offsets_; }
  const std::vector<char>& bytes() const { return bytes_; }
  static IdTable FromArena(std::vector<int64_t> offsets, std::vector<char> bytes);

  bool operator==(const IdTable& other) const {
    return offsets_ == other.offsets_ && bytes_ == other.bytes_;
  }

 private:
  std::vector<int64_t> offsets_{0};
  std::vector<char> bytes_;
  // Open addressing over rows (-1: free); empty until BuildIndex. Rows, not views: a copy stays
  // valid.
  std::vector<int64_t> index_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_IDS_H_
