#include "host/data/aggregate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersPerSum = 512;

const std::vector<std::string>& AggregationNames() {
  static const std::vector<std::string> names{"sum", "max", "last", "count"};
  return names;
}

// One pair's contributions, in event order, as one number.
class PairValue {
 public:
  explicit PairValue(Aggregation aggregation) : aggregation_(aggregation) {}

  void Add(double weight, double value) {
    const double contribution = weight * value;
    switch (aggregation_) {
      case Aggregation::kSum:
        net_ += contribution;
        break;
      case Aggregation::kMax:
        if (std::abs(contribution) >= std::abs(net_)) net_ = contribution;
        break;
      case Aggregation::kLast:
        net_ = contribution;
        break;
      case Aggregation::kCount:
        net_ += weight;
        break;
    }
  }
  double net() const { return net_; }

 private:
  Aggregation aggregation_;
  double net_ = 0;
};

// Where a row's entries go: nowhere while they are counted, then to their place in the matrix.
struct RowSink {
  int32_t* ids = nullptr;
  float* values = nullptr;
  int64_t entries = 0;
  AggregateReport report;
};

class RowAggregator {
 public:
  RowAggregator(const EventLog& log, const std::vector<float>& signal_weights,
                Aggregation aggregation, const std::function<bool(int64_t)>& keep)
      : log_(log), weights_(signal_weights), aggregation_(aggregation), keep_(keep) {}

  // One user's events [begin, end) as a row; `order` is scratch.
  void Aggregate(int64_t begin, int64_t end, std::vector<uint64_t>* order, RowSink* sink) const {
    order->clear();
    for (int64_t event = begin; event < end; ++event) {
      if (keep_ && !keep_(event)) continue;
      ++sink->report.events;
      if (weights_[log_.signal[event]] == 0) {
        ++sink->report.events_ignored;
        continue;
      }
      // The item above, the event's place below: sorted, events of a pair stay in event order.
      order->push_back(static_cast<uint64_t>(log_.item[event]) << 32 |
                       static_cast<uint64_t>(event - begin));
    }
    std::sort(order->begin(), order->end());
    for (size_t first = 0; first < order->size();) {
      const uint64_t item = (*order)[first] >> 32;
      PairValue pair(aggregation_);
      for (; first < order->size() && (*order)[first] >> 32 == item; ++first) {
        const int64_t event = begin + static_cast<int64_t>((*order)[first] & 0xffffffffu);
        pair.Add(weights_[log_.signal[event]], log_.value.empty() ? 1.0f : log_.value[event]);
      }
      AddPair(begin, static_cast<int32_t>(item), pair.net(), sink);
    }
  }

 private:
  void AddPair(int64_t event, int32_t item, double net, RowSink* sink) const {
    const float value = static_cast<float>(net);
    if (!std::isfinite(value)) {
      std::ostringstream message;
      message << "user row " << log_.user[event] << ", item row " << item << ": the events come to "
              << net << ", beyond what a 32-bit float holds; use smaller signal weights or values";
      throw DataError(message.str());
    }
    if (value == 0) {
      ++sink->report.net_zero;
      return;
    }
    if (sink->ids != nullptr) {
      sink->ids[sink->entries] = item;
      sink->values[sink->entries] = value;
    }
    ++sink->entries;
  }

  const EventLog& log_;
  const std::vector<float>& weights_;
  Aggregation aggregation_;
  const std::function<bool(int64_t)>& keep_;
};

void AddReport(const AggregateReport& from, AggregateReport* to) {
  to->events += from.events;
  to->events_ignored += from.events_ignored;
  to->net_zero += from.net_zero;
}

}  // namespace

Aggregation ParseAggregation(const std::string& name) {
  const auto& names = AggregationNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw UsageError("aggregation '" + name + "' is not one of sum, max, last, count" +
                     DidYouMean(name, names));
  }
  return static_cast<Aggregation>(found - names.begin());
}

std::string AggregationName(Aggregation aggregation) {
  return AggregationNames()[static_cast<size_t>(aggregation)];
}

std::vector<float> ResolveSignalWeights(const EventLog& log,
                                        const std::vector<SignalWeight>& weights) {
  std::vector<float> resolved = log.default_signal_weights;
  resolved.resize(log.signal_names.size(), 1.0f);
  for (const SignalWeight& weight : weights) {
    const auto& names = log.signal_names;
    const auto found = std::find(names.begin(), names.end(), weight.name);
    if (found == names.end()) {
      std::string known;
      for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
      throw UsageError("the log has no signal '" + weight.name + "'" +
                       DidYouMean(weight.name, names) + " (it has: " + known + ")");
    }
    if (!std::isfinite(weight.weight)) {
      throw UsageError("the weight of signal '" + weight.name + "' is not a finite number");
    }
    resolved[static_cast<size_t>(found - names.begin())] = weight.weight;
  }
  return resolved;
}

std::vector<int64_t> UserOffsets(const EventLog& log, int64_t users) {
  std::vector<int64_t> offsets(static_cast<size_t>(users) + 1, 0);
  for (const int32_t user : log.user) ++offsets[static_cast<size_t>(user) + 1];
  for (int64_t user = 0; user < users; ++user) offsets[user + 1] += offsets[user];
  return offsets;
}

Csr AggregateEvents(const EventLog& log, int64_t users, int64_t items,
                    const std::vector<float>& signal_weights, Aggregation aggregation,
                    const std::function<bool(int64_t)>& keep, AggregateReport* report) {
  const std::vector<int64_t> events = UserOffsets(log, users);
  const RowAggregator aggregator(log, signal_weights, aggregation, keep);
  std::vector<std::vector<uint64_t>> order(static_cast<size_t>(NumThreads()));
  Csr result;
  result.rows = users;
  result.cols = items;
  result.offsets.assign(static_cast<size_t>(users) + 1, 0);
  // Rows are aggregated twice, to count and to fill: nothing but the result is ever held.
  std::vector<AggregateReport> reports(
      static_cast<size_t>((users + kUsersPerSum - 1) / kUsersPerSum));
  ParallelRanges(users, kUsersPerSum, [&](int64_t begin, int64_t end, int thread) {
    RowSink sink;
    for (int64_t user = begin; user < end; ++user) {
      const int64_t before = sink.entries;
      aggregator.Aggregate(events[user], events[user + 1], &order[thread], &sink);
      result.offsets[user + 1] = sink.entries - before;
    }
    reports[begin / kUsersPerSum] = sink.report;
  });
  for (int64_t user = 0; user < users; ++user) result.offsets[user + 1] += result.offsets[user];
  result.ids.resize(static_cast<size_t>(result.offsets.back()));
  result.values.resize(result.ids.size());
  ParallelRanges(users, kUsersPerSum, [&](int64_t begin, int64_t end, int thread) {
    RowSink sink;
    sink.ids = result.ids.data() + result.offsets[begin];
    sink.values = result.values.data() + result.offsets[begin];
    for (int64_t user = begin; user < end; ++user) {
      aggregator.Aggregate(events[user], events[user + 1], &order[thread], &sink);
    }
  });
  for (const AggregateReport& block : reports) {
    if (report != nullptr) AddReport(block, report);
  }
  return result;
}

}  // namespace tidewright
