#ifndef TIDEWRIGHT_HOST_GBDT_HISTOGRAM_H_
#define TIDEWRIGHT_HOST_GBDT_HISTOGRAM_H_

#include <cstdint>
#include <mutex>
#include <vector>

#include "host/core/aligned.h"
#include "host/gbdt/bins.h"

namespace tidewright {

// What a histogram is made of: `bins[c]` bins of column c, the missing one included.
struct HistogramShape {
  std::vector<int32_t> bins;
  int64_t columns() const { return static_cast<int64_t>(bins.size()); }
};

// Sums of gradients and hessians of a node's rows by column and bin, exact. With at most
// kPackedRows rows a bin is one packed word (column c at c * kMaxBins); with more it is two int64
// (column c at c * 2 * kMaxBins: its gradients, then its hessians).
struct Histogram {
  bool wide = false;
  AlignedVector<int64_t> words;
};

// The histograms that are not needed now lie here until they are again.
class HistogramPool {
 public:
  explicit HistogramPool(int64_t columns) : columns_(columns) {}
  int Acquire(bool wide);  // contents undefined
  void Release(int histogram);
  void ReleaseAll();
  Histogram& operator[](int histogram) { return all_[static_cast<size_t>(histogram)]; }
  int64_t used_bytes() const { return used_bytes_; }

 private:
  int64_t BytesOf(bool wide) const;
  int64_t columns_;
  int64_t used_bytes_ = 0;
  std::vector<Histogram> all_;
  std::vector<int> free_[2];
};

// Rows of a node: `rows[0 .. count)`, or first_row + i where `rows` is null.
struct RowList {
  const uint32_t* rows = nullptr;
  int64_t first_row = 0;
  int64_t count = 0;
};

// A histogram that several threads add up, each a part of the rows: integers, so the order of the
// parts does not show.
struct HistogramTarget {
  Histogram* histogram = nullptr;
  int64_t parts = 1;
  int64_t parts_added = 0;
  std::mutex mutex;
};

// Adds at most kPackedRows rows, whose gradients are pairs[row] (QuantisedPair), to the target.
// `scratch`: columns x kMaxBins words, used where there are several parts.
void AddRows(const HistogramShape& shape, const BinnedTable& table, const RowList& rows,
             const uint32_t* pairs, HistogramTarget* target, AlignedVector<int64_t>* scratch);

// other = parent - part, of one column; `other` may be `parent` where both are as wide.
void SubtractColumn(const HistogramShape& shape, int64_t column, const Histogram& parent,
                    const Histogram& part, Histogram* other);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_HISTOGRAM_H_
