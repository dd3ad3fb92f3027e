#include "host/data/eval_set.h"

#include <algorithm>

namespace tidewright {
namespace {

void CloseRow(Csr* matrix) {
  ++matrix->rows;
  matrix->offsets.push_back(matrix->nnz());
}

void AppendEntry(const Csr& from, int64_t entry, Csr* to) {
  to->ids.push_back(from.ids[entry]);
  to->values.push_back(from.values[entry]);
}

void AppendUnion(const Csr& first, const Csr* second, int64_t row, Csr* out) {
  int64_t a = first.offsets[row];
  const int64_t a_end = first.offsets[row + 1];
  int64_t b = second == nullptr ? 0 : second->offsets[row];
  const int64_t b_end = second == nullptr ? 0 : second->offsets[row + 1];
  while (a < a_end || b < b_end) {
    const bool take_first = b == b_end || (a < a_end && first.ids[a] <= second->ids[b]);
    if (take_first && b < b_end && first.ids[a] == second->ids[b]) ++b;
    take_first ? AppendEntry(first, a++, out) : AppendEntry(*second, b++, out);
  }
  CloseRow(out);
}

// Takes back the row that was appended last.
void DropRow(Csr* matrix) {
  --matrix->rows;
  matrix->offsets.pop_back();
  matrix->ids.resize(static_cast<size_t>(matrix->offsets.back()));
  matrix->values.resize(static_cast<size_t>(matrix->offsets.back()));
}

// The positive targets of `user` that the row of `known` appended last does not hold.
void AppendTargets(const Csr& targets, int64_t user, EvalSet* set) {
  const auto known_begin = set->known.ids.begin() + set->known.offsets[set->known.rows - 1];
  for (int64_t entry = targets.offsets[user]; entry < targets.offsets[user + 1]; ++entry) {
    if (targets.values[entry] < 0) {
      ++set->targets_disliked;
    } else if (std::binary_search(known_begin, set->known.ids.end(), targets.ids[entry])) {
      ++set->targets_seen;
    } else {
      AppendEntry(targets, entry, &set->relevant);
    }
  }
  CloseRow(&set->relevant);
}

}  // namespace

EvalSet MakeEvalSet(const Csr& history, const Csr* also_seen, const Csr& targets,
                    const std::vector<int32_t>& model_rows) {
  EvalSet set;
  set.known.cols = targets.cols;
  set.relevant.cols = targets.cols;
  for (int64_t user = 0; user < targets.rows; ++user) {
    if (targets.RowLength(user) == 0) continue;
    AppendUnion(history, also_seen, user, &set.known);
    AppendTargets(targets, user, &set);
    const bool judged = set.relevant.RowLength(set.relevant.rows - 1) > 0;
    if (judged && history.RowLength(user) > 0) {
      set.model_rows.push_back(model_rows.empty() ? -1 : model_rows[user]);
      continue;
    }
    set.users_without_history += judged;
    DropRow(&set.known);
    DropRow(&set.relevant);
  }
  return set;
}

}  // namespace tidewright
