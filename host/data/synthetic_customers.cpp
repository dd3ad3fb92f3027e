#include "host/data/synthetic_customers.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

constexpr int64_t kDrawnCustomersABlock = 4096;

// The draws of one customer, one after the other.
class CustomerDraws {
 public:
  CustomerDraws(uint64_t seed, int64_t customer)
      : seed_(seed), index_(static_cast<uint64_t>(customer) << 32) {}

  double Uniform() {
    const PhiloxDraw draw =
        Philox(seed_, static_cast<uint64_t>(RandomStream::kSyntheticCustomers), index_++);
    return UniformDouble(draw.word[0], draw.word[1]);
  }

  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }

  // Marsaglia and Tsang (2000); a shape below 1 by a power of a uniform.
  double Gamma(double shape) {
    const double boost = shape < 1 ? std::pow(Uniform(), 1 / shape) : 1;
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
    for (;;) {
      const double normal = Normal();
      const double root = 1 + normal / std::sqrt(9 * d);
      const double uniform = Uniform();
      if (root <= 0) continue;
      const double v = root * root * root;
      if (std::log(uniform) < normal * normal / 2 + d - d * v + d * std::log(v)) {
        return boost * d * v;
      }
    }
  }

 private:
  uint64_t seed_;
  uint64_t index_;
};

// Calls visit(weeks since the beginning, item) for each event of one customer.
template <class Visit>
void DrawCustomer(const SyntheticCustomers& shape, uint64_t seed, int64_t customer,
                  const Visit& visit) {
  CustomerDraws draws(seed, customer);
  double time = draws.Uniform() * shape.joining * shape.weeks;
  const double rate = draws.Gamma(shape.r) / shape.alpha;
  const double leaving = draws.Gamma(shape.a);
  const double leave = leaving / (leaving + draws.Gamma(shape.b));
  const auto item = [&] {
    return static_cast<int32_t>(std::min<int64_t>(
        shape.items - 1, static_cast<int64_t>(draws.Uniform() * static_cast<double>(shape.items))));
  };
  visit(time, item());
  for (;;) {
    time -= std::log(draws.Uniform()) / rate;
    // Rates so small that the next event is never come out infinite.
    if (!(time <= shape.weeks)) return;
    visit(time, item());
    if (draws.Uniform() < leave) return;
  }
}

}  // namespace

EventLog SyntheticCustomerLog(const SyntheticCustomers& shape, uint64_t seed) {
  std::vector<int64_t> offsets(static_cast<size_t>(shape.customers) + 1, 0);
  ParallelRanges(shape.customers, kDrawnCustomersABlock, [&](int64_t begin, int64_t end, int) {
    for (int64_t customer = begin; customer < end; ++customer) {
      int64_t count = 0;
      DrawCustomer(shape, seed, customer, [&](double, int32_t) { ++count; });
      offsets[customer + 1] = count;
    }
  });
  for (int64_t customer = 0; customer < shape.customers; ++customer) {
    offsets[customer + 1] += offsets[customer];
  }
  EventLog log;
  log.signal_names = {"purchase"};
  log.default_signal_weights = {1};
  const auto events = static_cast<size_t>(offsets.back());
  log.user.resize(events);
  log.item.resize(events);
  log.timestamp.resize(events);
  log.signal.resize(events);
  log.value.assign(events, 1);
  const int64_t start = DaysFromCivil(2020, 1, 1) * kMicrosPerDay;
  ParallelRanges(shape.customers, kDrawnCustomersABlock, [&](int64_t begin, int64_t end, int) {
    for (int64_t customer = begin; customer < end; ++customer) {
      int64_t event = offsets[customer];
      DrawCustomer(shape, seed, customer, [&](double weeks, int32_t item) {
        log.user[event] = static_cast<int32_t>(customer);
        log.item[event] = item;
        log.timestamp[event] = start + static_cast<int64_t>(weeks * 7 * kMicrosPerDay);
        ++event;
      });
    }
  });
  return log;
}

}  // namespace tidewright
