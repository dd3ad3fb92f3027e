#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_VECTORS_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_VECTORS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/core/aligned.h"
#include "host/export/export_job.h"

namespace tidewright {

// The vectors of a recommender as an export holds them: the model's own, or with request.augment
// one number longer. To an item's v the square root of M^2 - |v|^2 is appended, M the largest norm
// of an item, and 0 to a user's: then all items are as long as M, inner products are as before, and
// for engines that know the cosine alone its order is theirs (Bachrach et al. 2014, section 3.1).
// Longer vectors are made a few rows at a time and never stand in memory together.
class ExportVectors {
 public:
  // Of a recommender that outlives this.
  ExportVectors(const FactorModel& model, bool augment);

  int64_t users() const { return model_.users; }
  int64_t items() const { return model_.items; }
  int64_t dimension() const { return model_.factors + (augment_ ? 1 : 0); }
  bool augmented() const { return augment_; }
  double largest_norm() const { return largest_norm_; }  // of an item; where augmented

  // Rows [begin, end): where the model has them, or in `buffer`.
  const float* Users(int64_t begin, int64_t end, AlignedVector<float>* buffer) const;
  const float* Items(int64_t begin, int64_t end, AlignedVector<float>* buffer) const;

 private:
  const float* Longer(const float* rows, int64_t count, bool items,
                      AlignedVector<float>* buffer) const;

  const FactorModel& model_;
  bool augment_;
  double largest_norm_ = 0;
};

// Says in the card what was appended.
ExportVectors VectorsOf(const ExportSource& source, CardExport* card);

// Calls body(begin, end) for a few thousand rows at a time.
void ForRowBlocks(int64_t rows, const std::function<void(int64_t begin, int64_t end)>& body);

// Of the `count` rows of users' vectors, what a reader of the export has; `rows` may be changed in
// place.
using ReadUsers = std::function<void(float* rows, int64_t count)>;
// What a reader has of the items' rows [begin, end).
using ReadItems = std::function<void(int64_t begin, int64_t end, float* out)>;
// The best `k` items of each user by the export, best first; -1 where it finds fewer.
using FindItems = std::function<std::vector<int32_t>(const float* users, int64_t count, int64_t k)>;

// What the best lists lose where an export finds items by other means than the model: which part of
// the exact k best items is among the k best that it finds, on average over up to 1000 users that
// the model's seed draws. `what`: "Vectors are fp16". Told, and written into the card, for k of 10
// and 100 or all items where there are fewer.
void ReportRecall(const ExportSource& source, const ExportVectors& exact, const std::string& what,
                  const FindItems& find, CardExport* card);
// Where it finds the best by numbers of fewer bits. `read_users` null: users are as they are.
void ReportNarrowRecall(const ExportSource& source, const ExportVectors& exact,
                        const ReadUsers& read_users, const ReadItems& read_items, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_VECTORS_H_
