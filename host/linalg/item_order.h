#ifndef TIDEWRIGHT_HOST_LINALG_ITEM_ORDER_H_
#define TIDEWRIGHT_HOST_LINALG_ITEM_ORDER_H_

#include <cstdint>
#include <vector>

#include "host/linalg/gemm.h"

namespace tidewright {

// The items of a ranking in the order in which they are scored, their vectors packed for the
// products. By falling length an inner product is bounded by what is left, |<q, v>| <= |q| |v|, so
// that a query that holds k better scores is done (Teflioudi, Gemulla, Mykytiuk, "LEMP", SIGMOD
// 2015, section 3).
class ItemOrder {
 public:
  // items: item_count x factors, row-major; denied: flags of items to leave out, or null.
  // by_length: else by rising id, and nothing is bounded.
  ItemOrder(const float* items, int64_t item_count, int64_t factors, const uint8_t* denied,
            bool by_length);

  int64_t size() const { return static_cast<int64_t>(items_.size()); }
  int32_t item(int64_t place) const { return items_[static_cast<size_t>(place)]; }
  const PackedMatrix& packed() const { return packed_; }  // factors x size()

  // The places of n items, rising, without those left out.
  void PlacesOf(const int32_t* ids, int64_t n, std::vector<int32_t>* places) const;

  // No float product of a query of this length with an item of [place, size()) is greater, in
  // whatever order its terms are summed.
  double Bound(double query_length, int64_t place) const;

 private:
  int64_t factors_;
  bool by_length_;
  std::vector<int32_t> items_;   // of each place
  std::vector<int32_t> places_;  // of each item; -1: left out
  std::vector<double> lengths_;  // of each place; empty where by id
  PackedMatrix packed_;
};

// Euclidean length of a vector.
double Length(const float* vector, int64_t n);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_ITEM_ORDER_H_
