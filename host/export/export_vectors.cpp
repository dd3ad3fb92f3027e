#include "host/export/export_vectors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "host/core/random.h"
#include "host/linalg/top_k.h"

namespace tidewright {
namespace {

constexpr int64_t kRecallUsers = 1000;
constexpr uint64_t kRecallDraws = 0x7265'6361'6c6cull;  // tells these draws from the training's

double SquaredNorm(const float* row, int64_t factors) {
  double sum = 0;
  for (int64_t k = 0; k < factors; ++k) {
    sum += static_cast<double>(row[k]) * static_cast<double>(row[k]);
  }
  return sum;
}

// Rows of one more number, which is 0.
AlignedVector<float> Longer(const float* rows, int64_t count, int64_t factors) {
  AlignedVector<float> longer(static_cast<size_t>(count * (factors + 1)));
  for (int64_t row = 0; row < count; ++row) {
    float* to = longer.data() + row * (factors + 1);
    std::memcpy(to, rows + row * factors, static_cast<size_t>(factors) * sizeof(float));
    to[factors] = 0;
  }
  return longer;
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

AlignedVector<float> RowsOf(const float* rows, const std::vector<int64_t>& wanted,
                            int64_t dimension) {
  AlignedVector<float> taken(wanted.size() * static_cast<size_t>(dimension));
  for (size_t at = 0; at < wanted.size(); ++at) {
    std::memcpy(taken.data() + at * static_cast<size_t>(dimension), rows + wanted[at] * dimension,
                static_cast<size_t>(dimension) * sizeof(float));
  }
  return taken;
}

std::vector<int32_t> BestItems(const AlignedVector<float>& queries, const float* item_rows,
                               const ExportVectors& shape, int64_t k) {
  TopKRequest request;
  request.queries = queries.data();
  request.count = static_cast<int64_t>(queries.size()) / shape.dimension;
  request.items = item_rows;
  request.item_count = shape.items;
  request.factors = shape.dimension;
  request.k = static_cast<int>(k);
  return TopKCpu(request).ids;
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

ExportVectors VectorsOf(const ExportSource& source, CardExport* card) {
  const auto& model = std::get<FactorModel>(source.artifact.model);
  ExportVectors vectors;
  vectors.users = model.users;
  vectors.items = model.items;
  vectors.dimension = model.factors;
  vectors.user_rows = model.user_factors.data();
  vectors.item_rows = model.item_factors.data();
  if (!source.request.augment) return vectors;
  double largest = 0;
  for (int64_t item = 0; item < model.items; ++item) {
    largest =
        std::max(largest, SquaredNorm(vectors.item_rows + item * model.factors, model.factors));
  }
  vectors.longer_users = Longer(vectors.user_rows, model.users, model.factors);
  vectors.longer_items = Longer(vectors.item_rows, model.items, model.factors);
  vectors.dimension = model.factors + 1;
  for (int64_t item = 0; item < model.items; ++item) {
    float* row = vectors.longer_items.data() + item * vectors.dimension;
    row[model.factors] =
        static_cast<float>(std::sqrt(std::max(0.0, largest - SquaredNorm(row, model.factors))));
  }
  vectors.user_rows = vectors.longer_users.data();
  vectors.item_rows = vectors.longer_items.data();
  card->vectors.emplace_back("augmented", "true");
  card->vectors.emplace_back("dimension", std::to_string(vectors.dimension));
  card->vectors.emplace_back("item_norm", ShortText(std::sqrt(largest)));
  card->notes.push_back("Vectors are augmented: one number more, so that all items are " +
                        ShortText(std::sqrt(largest)) +
                        " long and the cosine orders them as the inner product does. A user's last "
                        "number is 0, also that of a user who is folded in.");
  return vectors;
}

void ReportRecall(const ExportSource& source, const ExportVectors& exact,
                  const ReadUsers& read_users, const float* item_rows, CardExport* card) {
  const std::string& precision = source.request.precision;
  card->vectors.emplace_back("precision", precision);
  if (exact.users == 0 || exact.items == 0) return;
  const std::vector<int64_t> drawn = DrawnUsers(exact.users, source.artifact.manifest.seed);
  const int64_t most = std::min<int64_t>(100, exact.items);
  const AlignedVector<float> users = RowsOf(exact.user_rows, drawn, exact.dimension);
  const std::vector<int32_t> best = BestItems(users, exact.item_rows, exact, most);
  const std::vector<int32_t> seen = BestItems(
      read_users(users.data(), static_cast<int64_t>(drawn.size())), item_rows, exact, most);
  std::string note = "Vectors are " + precision + ": of the exact best items of " +
                     std::to_string(drawn.size()) + " users";
  for (const int64_t k : {int64_t{10}, int64_t{100}}) {
    const int64_t length = std::min(k, exact.items);
    const std::string kept = ShortText(Overlap(best, seen, most, length));
    card->vectors.emplace_back("recall@" + std::to_string(k), kept);
    note += (k == 10 ? " a part of " : " and of ") + kept + " is among the first " +
            std::to_string(length);
  }
  card->vectors.emplace_back("recall_users", std::to_string(drawn.size()));
  card->notes.push_back(note + " by them.");
}

}  // namespace tidewright
