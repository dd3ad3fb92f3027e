#include <algorithm>
#include <cmath>

#include "host/bgnbd/bgnbd.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kCellsABlock = 8192;

class CpuBgnbdSummer final : public BgnbdSummer {
 public:
  explicit CpuBgnbdSummer(const PurchaseCells& cells)
      : cells_(cells),
        parts_(static_cast<size_t>((cells.size() + kCellsABlock - 1) / kCellsABlock)) {}

  BgnbdSums Sum(const BgnbdParameters& parameters,
                const std::vector<BgnbdFrequencyTerms>& terms) override {
    const double log_alpha = std::log(parameters.alpha);
    ParallelRanges(cells_.size(), kCellsABlock, [&](int64_t begin, int64_t end, int) {
      BgnbdSums part;
      for (int64_t cell = begin; cell < end; ++cell) {
        AddBgnbdCustomers(parameters, log_alpha, terms[cells_.place[cell]], cells_.recency[cell],
                          cells_.age[cell], cells_.customers[cell], &part);
      }
      parts_[static_cast<size_t>(begin / kCellsABlock)] = part;
    });
    BgnbdSums sums;
    for (const BgnbdSums& part : parts_) {
      sums.log_likelihood += part.log_likelihood;
      sums.by_r += part.by_r;
      sums.by_log_alpha += part.by_log_alpha;
      sums.by_a += part.by_a;
      sums.by_b += part.by_b;
    }
    return sums;
  }

 private:
  const PurchaseCells& cells_;
  std::vector<BgnbdSums> parts_;
};

}  // namespace

std::unique_ptr<BgnbdSummer> MakeBgnbdCpu(const PurchaseCells& cells) {
  return std::make_unique<CpuBgnbdSummer>(cells);
}

std::vector<BgnbdFrequencyTerms> FrequencyTerms(const BgnbdParameters& p,
                                                const std::vector<int32_t>& frequencies) {
  std::vector<BgnbdFrequencyTerms> terms;
  terms.reserve(frequencies.size());
  BgnbdFrequencyTerms sums;
  int32_t j = 0;
  for (const int32_t frequency : frequencies) {
    for (; j < frequency; ++j) {
      const double rate = p.r + j;
      const double stay = p.b + j;
      const double all = p.a + stay;
      sums.log_gain += std::log(rate) - std::log1p(p.a / stay);
      sums.gain_by_r += 1 / rate;
      sums.gain_by_a -= 1 / all;
      sums.gain_by_b += p.a / (stay * all);
    }
    sums.frequency = frequency;
    if (frequency > 0) {
      const double stay = p.b + frequency - 1;
      sums.log_left_odds = std::log(p.a / stay);
      sums.inverse_stay = 1 / stay;
    }
    terms.push_back(sums);
  }
  return terms;
}

}  // namespace tidewright
