#include "host/data/synthetic_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "host/core/parallel.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

constexpr int64_t kBlockRows = 4096;
constexpr int64_t kInformative = 16;
constexpr int kTerms = 40;
constexpr double kMeanLogOdds = -1.6;
constexpr std::array<int, 4> kCardinalities = {3, 8, 24, 60};

// The purposes of draws beside the columns themselves.
constexpr uint64_t kTermDraws = 0xFFFFFFFF;
constexpr uint64_t kLabelDraws = 0xFFFFFFFE;
constexpr uint64_t kEffectDraws = 0xFFFFFFFD;

PhiloxDraw Draw(uint64_t seed, uint64_t purpose, int64_t index) {
  return Philox(seed, static_cast<uint64_t>(RandomStream::kSyntheticTable) | purpose << 32,
                static_cast<uint64_t>(index));
}

// Six uniform 16-bit numbers, summed, centred and scaled: nearly normal, of deviation 1.
float NearNormal(const PhiloxDraw& draw) {
  uint32_t sum = 0;
  for (int word = 0; word < 3; ++word) sum += (draw.word[word] & 0xFFFF) + (draw.word[word] >> 16);
  return (static_cast<float>(sum) - 196605.0f) * (1.41421356f / 65536.0f);
}

std::string Numbered(std::string prefix, int64_t number) {
  return prefix.append(std::to_string(number));
}

enum class TermKind : uint32_t { kSlope, kStep, kHinge, kProduct, kExclusive, kKinds };

struct Term {
  TermKind kind;
  int64_t a;
  int64_t b;
  float threshold;
  float weight;
};

float ValueOf(const Term& term, float a, float b) {
  switch (term.kind) {
    case TermKind::kSlope:
      return a;
    case TermKind::kStep:
      return a > term.threshold ? 1.0f : -1.0f;
    case TermKind::kHinge:
      return std::max(0.0f, a - term.threshold);
    case TermKind::kProduct:
      return a * b;
    default:
      return (a > term.threshold) != (b > 0.0f) ? 1.0f : -1.0f;
  }
}

class TableMaker {
 public:
  TableMaker(const SyntheticTableShape& shape, uint64_t seed)
      : shape_(shape), seed_(seed), informative_(std::min(shape.numbers, kInformative)) {
    for (int t = 0; t < kTerms && informative_ > 0; ++t) {
      const PhiloxDraw draw = Draw(seed, kTermDraws, t);
      terms_.push_back(
          {static_cast<TermKind>(draw.word[0] % static_cast<uint32_t>(TermKind::kKinds)),
           static_cast<int64_t>(draw.word[1] % informative_),
           static_cast<int64_t>((draw.word[1] >> 16) % informative_),
           UniformFloat(draw.word[2]) - 0.5f, 2.0f * UniformFloat(draw.word[3]) - 1.0f});
    }
    // What the log-odds of the first rows are like stands for all of them.
    std::vector<float> latents;
    double sum = 0;
    double squares = 0;
    Latents(0, kBlockRows, &latents);
    for (int64_t row = 0; row < kBlockRows; ++row) {
      const double score = Score(row, row, kBlockRows, latents);
      sum += score;
      squares += score * score;
    }
    mean_ = sum / kBlockRows;
    deviation_ = std::sqrt(std::max(squares / kBlockRows - mean_ * mean_, 1e-12));
  }

  FeatureTable Make() {
    FeatureTable table;
    table.rows = shape_.rows;
    table.label_name = "label=1";
    table.label.resize(static_cast<size_t>(shape_.rows));
    for (int64_t c = 0; c < shape_.numbers + shape_.categories; ++c) {
      table.columns.push_back({Describe(c), {}});
    }
    const auto allocate = [&](int64_t column, int) {
      table.columns[column].values.resize(static_cast<size_t>(shape_.rows));
    };
    ParallelBlocks(static_cast<int64_t>(table.columns.size()), allocate);
    ParallelRanges(shape_.rows, kBlockRows,
                   [&](int64_t begin, int64_t end, int) { Fill(begin, end, &table); });
    return table;
  }

 private:
  int64_t Cardinality(int64_t category_column) const {
    return kCardinalities[static_cast<size_t>(category_column) % kCardinalities.size()];
  }

  FeatureDescription Describe(int64_t column) const {
    if (column < shape_.numbers) return {Numbered("x", column), FeatureKind::kNumber, {}};
    const int64_t category_column = column - shape_.numbers;
    FeatureDescription description{Numbered("c", category_column), FeatureKind::kCategory, {}};
    for (int64_t code = 0; code < Cardinality(category_column); ++code) {
      description.categories.push_back(Numbered(code < 10 ? "k0" : "k", code));
    }
    return description;
  }

  // Of the informative columns, one after the other.
  void Latents(int64_t first, int64_t count, std::vector<float>* latents) const {
    latents->resize(static_cast<size_t>(informative_ * count));
    for (int64_t c = 0; c < informative_; ++c) {
      for (int64_t i = 0; i < count; ++i) {
        (*latents)[c * count + i] = NearNormal(Draw(seed_, static_cast<uint64_t>(c), first + i));
      }
    }
  }

  int64_t CategoryCode(int64_t category_column, int64_t row) const {
    const PhiloxDraw draw =
        Draw(seed_, static_cast<uint64_t>(shape_.numbers + category_column), row);
    const float u = UniformFloat(draw.word[0]);
    return static_cast<int64_t>(u * u * static_cast<float>(Cardinality(category_column)));
  }

  // The sum of all terms of the row `row` of the seed, which is the i-th of `latents`.
  double Score(int64_t row, int64_t i, int64_t count, const std::vector<float>& latents) const {
    double score = 0;
    for (const Term& term : terms_) {
      const float value = ValueOf(term, latents[term.a * count + i], latents[term.b * count + i]);
      score += static_cast<double>(term.weight * value);
    }
    for (int64_t c = 0; c < shape_.categories; ++c) {
      const int64_t code = CategoryCode(c, row);
      score += static_cast<double>(NearNormal(Draw(seed_, kEffectDraws, c * 1000 + code)));
    }
    return score;
  }

  // Columns of four shapes, of few and of many distinct values.
  static float Shaped(int64_t column, float latent) {
    switch (column % 4) {
      case 0:
        return std::round(latent * 1024.0f) / 1024.0f;
      case 1:
        return std::round(std::exp(0.75f * latent) * 256.0f) / 256.0f;
      case 2:
        return std::max(0.0f, std::round(12.0f + 6.0f * latent));
      default:
        return std::round(latent * 16.0f) / 16.0f;
    }
  }

  void Fill(int64_t begin, int64_t end, FeatureTable* table) const {
    const int64_t count = end - begin;
    const int64_t first = shape_.first_row + begin;
    std::vector<float> latents(static_cast<size_t>(informative_ * count));
    const float missing = static_cast<float>(shape_.missing);
    for (int64_t c = 0; c < shape_.numbers; ++c) {
      float* values = table->columns[c].values.data() + begin;
      const float* echoed =
          c >= informative_ && c % 2 == 0 ? &latents[(c % informative_) * count] : nullptr;
      for (int64_t i = 0; i < count; ++i) {
        const PhiloxDraw draw = Draw(seed_, static_cast<uint64_t>(c), first + i);
        float latent = NearNormal(draw);
        if (c < informative_) latents[c * count + i] = latent;
        if (echoed != nullptr) latent = 0.6f * echoed[i] + 0.8f * latent;
        const float share = c % 3 != 0 ? missing : latent > 0 ? 2 * missing : 0.0f;
        values[i] = UniformFloat(draw.word[3]) < share ? kMissing : Shaped(c, latent);
      }
    }
    for (int64_t c = 0; c < shape_.categories; ++c) {
      float* values = table->columns[shape_.numbers + c].values.data() + begin;
      for (int64_t i = 0; i < count; ++i) {
        const PhiloxDraw draw = Draw(seed_, static_cast<uint64_t>(shape_.numbers + c), first + i);
        values[i] = UniformFloat(draw.word[3]) < missing
                        ? kMissing
                        : static_cast<float>(CategoryCode(c, first + i));
      }
    }
    for (int64_t i = 0; i < count; ++i) {
      const double score = (Score(first + i, i, count, latents) - mean_) / deviation_;
      const double log_odds = kMeanLogOdds + shape_.signal * score;
      const PhiloxDraw draw = Draw(seed_, kLabelDraws, first + i);
      const double u = UniformDouble(draw.word[0], draw.word[1]);
      table->label[begin + i] = u * (1 + std::exp(-log_odds)) < 1 ? 1.0f : 0.0f;
    }
  }

  const SyntheticTableShape& shape_;
  const uint64_t seed_;
  const int64_t informative_;
  std::vector<Term> terms_;
  double mean_ = 0;
  double deviation_ = 1;
};

}  // namespace

FeatureTable SyntheticTable(const SyntheticTableShape& shape, uint64_t seed) {
  return TableMaker(shape, seed).Make();
}

}  // namespace tidewright
