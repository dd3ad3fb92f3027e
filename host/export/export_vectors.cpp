#include "host/export/export_vectors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "host/core/random.h"
#include "host/linalg/top_k.h"

namespace tidewright {
namespace {

constexpr int64_t kRowsABlock = 4096;
constexpr int64_t kItemsRankedAtOnce = 32768;
constexpr int64_t kRecallUsers = 1000;
constexpr uint64_t kRecallDraws = 0x7265'6361'6c6cull;  // tells these draws from the training's

double SquaredNorm(const float* row, int64_t factors) {
  double sum = 0;
  for (int64_t k = 0; k < factors; ++k) {
    sum += static_cast<double>(row[k]) * static_cast<double>(row[k]);
  }
  return sum;
}

std::string ShortText(double value) {
  char digits[32];
  const auto end =
      std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::general, 6);
  return std::string(digits, end.ptr);
}

// One user of each of as many equal parts of the users as are drawn.
std::vector<int64_t> DrawnUsers(int64_t users, uint64_t seed) {
  const int64_t count = std::min(users, kRecallUsers);
  std::vector<int64_t> drawn;
  for (int64_t part = 0; part < count; ++part) {
    const int64_t begin = part * users / count;
    const int64_t end = (part + 1) * users / count;
    const float draw =
        UniformFloat(Philox(seed, kRecallDraws, static_cast<uint64_t>(part)).word[0]);
    const auto step = static_cast<int64_t>(draw * static_cast<float>(end - begin));
    drawn.push_back(std::min(begin + step, end - 1));
  }
  return drawn;
}

AlignedVector<float> RowsOf(const ExportVectors& vectors, const std::vector<int64_t>& wanted) {
  const auto width = static_cast<size_t>(vectors.dimension());
  AlignedVector<float> taken(wanted.size() * width);
  AlignedVector<float> buffer;
  for (size_t at = 0; at < wanted.size(); ++at) {
    std::memcpy(taken.data() + at * width, vectors.Users(wanted[at], wanted[at] + 1, &buffer),
                width * sizeof(float));
  }
  return taken;
}

// The best lists of some queries over items that come a block at a time, in their order.
class BestLists {
 public:
  BestLists(int64_t queries, int64_t k)
      : k_(k),
        ids_(static_cast<size_t>(queries * k), -1),
        scores_(static_cast<size_t>(queries * k)) {}

  // `block` holds items from `first` on.
  void Merge(const TopKResult& block, int64_t first) {
    std::vector<int32_t> ids(static_cast<size_t>(k_));
    std::vector<float> scores(static_cast<size_t>(k_));
    for (size_t list = 0; list < ids_.size(); list += static_cast<size_t>(k_)) {
      size_t mine = list;
      size_t other = list;
      for (size_t rank = 0; rank < ids.size(); ++rank) {
        // Items of equal score by their rows: those that are here already come first.
        const bool take_mine =
            block.ids[other] < 0 || (ids_[mine] >= 0 && scores_[mine] >= block.scores[other]);
        ids[rank] = take_mine ? ids_[mine] : static_cast<int32_t>(block.ids[other] + first);
        scores[rank] = take_mine ? scores_[mine] : block.scores[other];
        ++(take_mine ? mine : other);
      }
      std::copy(ids.begin(), ids.end(), ids_.begin() + static_cast<std::ptrdiff_t>(list));
      std::copy(scores.begin(), scores.end(), scores_.begin() + static_cast<std::ptrdiff_t>(list));
    }
  }

  std::vector<int32_t> ids() && { return std::move(ids_); }

 private:
  int64_t k_;
  std::vector<int32_t> ids_;
  std::vector<float> scores_;
};

// Rows [begin, end) of the items, or a pointer to them.
using ItemRows =
    std::function<const float*(int64_t begin, int64_t end, AlignedVector<float>* buffer)>;

std::vector<int32_t> BestItems(const float* queries, int64_t count, const ExportVectors& shape,
                               int64_t k, const ItemRows& items) {
  BestLists best(count, k);
  AlignedVector<float> buffer;
  for (int64_t begin = 0; begin < shape.items(); begin += kItemsRankedAtOnce) {
    const int64_t end = std::min(shape.items(), begin + kItemsRankedAtOnce);
    TopKRequest request;
    request.queries = queries;
    request.count = count;
    request.items = items(begin, end, &buffer);
    request.item_count = end - begin;
    request.factors = shape.dimension();
    request.k = static_cast<int>(k);
    best.Merge(TopKCpu(request), begin);
  }
  return std::move(best).ids();
}

// Of lists of `length`, the part of the first k of one that is among the first k of the other.
double Overlap(const std::vector<int32_t>& exact, const std::vector<int32_t>& seen, int64_t length,
               int64_t k) {
  int64_t kept = 0;
  int64_t lists = 0;
  for (size_t begin = 0; begin < exact.size(); begin += static_cast<size_t>(length), ++lists) {
    const auto from = static_cast<std::ptrdiff_t>(begin);
    const std::unordered_set<int32_t> best(exact.begin() + from, exact.begin() + from + k);
    for (int64_t rank = 0; rank < k; ++rank) {
      kept += static_cast<int64_t>(best.count(seen[begin + static_cast<size_t>(rank)]));
    }
  }
  return static_cast<double>(kept) / static_cast<double>(lists * k);
}

}  // namespace

ExportVectors::ExportVectors(const FactorModel& model, bool augment)
    : model_(model), augment_(augment) {
  if (!augment) return;
  double largest = 0;
  for (int64_t item = 0; item < model.items; ++item) {
    largest = std::max(
        largest, SquaredNorm(model.item_factors.data() + item * model.factors, model.factors));
  }
  largest_norm_ = std::sqrt(largest);
}

const float* ExportVectors::Users(int64_t begin, int64_t end, AlignedVector<float>* buffer) const {
  const float* rows = model_.user_factors.data() + begin * model_.factors;
  return augment_ ? Longer(rows, end - begin, false, buffer) : rows;
}

const float* ExportVectors::Items(int64_t begin, int64_t end, AlignedVector<float>* buffer) const {
  const float* rows = model_.item_factors.data() + begin * model_.factors;
  return augment_ ? Longer(rows, end - begin, true, buffer) : rows;
}

const float* ExportVectors::Longer(const float* rows, int64_t count, bool items,
                                   AlignedVector<float>* buffer) const {
  const int64_t factors = model_.factors;
  buffer->resize(static_cast<size_t>(count * (factors + 1)));
  for (int64_t row = 0; row < count; ++row) {
    const float* from = rows + row * factors;
    float* to = buffer->data() + row * (factors + 1);
    std::memcpy(to, from, static_cast<size_t>(factors) * sizeof(float));
    const double rest = largest_norm_ * largest_norm_ - SquaredNorm(from, factors);
    to[factors] = items ? static_cast<float>(std::sqrt(std::max(0.0, rest))) : 0.0f;
  }
  return buffer->data();
}

ExportVectors VectorsOf(const ExportSource& source, CardExport* card) {
  ExportVectors vectors(std::get<FactorModel>(source.artifact.model), source.request.augment);
  if (!vectors.augmented()) return vectors;
  const std::string norm = ShortText(vectors.largest_norm());
  card->vectors.emplace_back("augmented", "true");
  card->vectors.emplace_back("dimension", std::to_string(vectors.dimension()));
  card->vectors.emplace_back("item_norm", norm);
  card->notes.push_back("Vectors are augmented: one number more, so that all items are " + norm +
                        " long and the cosine orders them as the inner product does. A user's last "
                        "number is 0, also that of a user who is folded in.");
  return vectors;
}

void ForRowBlocks(int64_t rows, const std::function<void(int64_t begin, int64_t end)>& body) {
  for (int64_t begin = 0; begin < rows; begin += kRowsABlock) {
    body(begin, std::min(rows, begin + kRowsABlock));
  }
}

void ReportRecall(const ExportSource& source, const ExportVectors& exact, const std::string& what,
                  const FindItems& find, CardExport* card) {
  if (exact.users() == 0 || exact.items() == 0) return;
  const std::vector<int64_t> drawn = DrawnUsers(exact.users(), source.artifact.manifest.seed);
  const auto count = static_cast<int64_t>(drawn.size());
  const int64_t most = std::min<int64_t>(100, exact.items());
  const AlignedVector<float> users = RowsOf(exact, drawn);
  const std::vector<int32_t> best =
      BestItems(users.data(), count, exact, most,
                [&](int64_t begin, int64_t end, AlignedVector<float>* buffer) {
                  return exact.Items(begin, end, buffer);
                });
  const std::vector<int32_t> seen = find(users.data(), count, most);
  std::string note = what + ": of the exact best items of " + std::to_string(count) + " users";
  for (const int64_t k : {int64_t{10}, int64_t{100}}) {
    const int64_t length = std::min(k, exact.items());
    const std::string kept = ShortText(Overlap(best, seen, most, length));
    card->vectors.emplace_back("recall@" + std::to_string(k), kept);
    note += (k == 10 ? " a part of " : " and of ") + kept + " is among the first " +
            std::to_string(length);
  }
  card->vectors.emplace_back("recall_users", std::to_string(count));
  card->notes.push_back(note + ".");
  card->told.push_back(note);
}

void ReportNarrowRecall(const ExportSource& source, const ExportVectors& exact,
                        const ReadUsers& read_users, const ReadItems& read_items,
                        CardExport* card) {
  card->vectors.emplace_back("precision", source.request.precision);
  const auto find = [&](const float* users, int64_t count, int64_t k) {
    AlignedVector<float> read(users, users + count * exact.dimension());
    if (read_users) read_users(read.data(), count);
    return BestItems(read.data(), count, exact, k,
                     [&](int64_t begin, int64_t end, AlignedVector<float>* buffer) {
                       buffer->resize(static_cast<size_t>((end - begin) * exact.dimension()));
                       read_items(begin, end, buffer->data());
                       return static_cast<const float*>(buffer->data());
                     });
  };
  ReportRecall(source, exact, "Vectors are " + source.request.precision, find, card);
}

}  // namespace tidewright
