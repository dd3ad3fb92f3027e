#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_VECTORS_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_VECTORS_H_

#include <cstdint>
#include <functional>

#include "host/core/aligned.h"
#include "host/export/export_job.h"

namespace tidewright {

// The vectors of a recommender as an export holds them: the model's own, or with request.augment
// one number longer. To an item's v the square root of M^2 - |v|^2 is appended, M the largest norm
// of an item, and 0 to a user's: then all items are as long as M, inner products are as before, and
// for engines that know the cosine alone its order is theirs (Bachrach et al. 2014, section 3.1).
struct ExportVectors {
  int64_t users = 0;
  int64_t items = 0;
  int64_t dimension = 0;
  const float* user_rows = nullptr;   // users x dimension
  const float* item_rows = nullptr;   // items x dimension
  AlignedVector<float> longer_users;  // empty where the rows are the model's
  AlignedVector<float> longer_items;
};

// The artifact's; it outlives them. Says in the card what was appended.
ExportVectors VectorsOf(const ExportSource& source, CardExport* card);

// Of `count` rows of users' vectors as they are, what a reader of the export has.
using ReadUsers = std::function<AlignedVector<float>(const float* rows, int64_t count)>;

// What the best lists lose where an export holds narrower numbers: which part of the exact k best
// items is among the k best by what the export holds, on average over up to 1000 users that the
// model's seed draws. `item_rows`: the export's numbers as floats, in the shape of `exact`. Written
// into the card, for k of 10 and 100 or all items where there are fewer.
void ReportRecall(const ExportSource& source, const ExportVectors& exact,
                  const ReadUsers& read_users, const float* item_rows, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_VECTORS_H_
