// The pass of boosted trees that adds gradients up by node, column and bin, on the CPU or on a GPU,
// over one node of all rows (a tree's root) and over 512 nodes (the last level of depth 10).
//
//   histogram_bench [ROWS [COLUMNS [REPEATS [DEVICE]]]]     (10,000,000 rows x 13, 20 repeats,
//   auto)
//
// First the CPU's sums are compared with plain ones, and the GPU's with the CPU's, to the last bit.
// Then it is timed with the caches flushed before each repeat, on a GPU by CUDA events. GB is what
// must come from memory and go there: of a row its bins, its gradient and hessian (4 bytes) and,
// but for the CPU's root, its place (4); and 16 bytes for each bin of a node (8 on the CPU up to
// 65,536 rows). Its share of the roofline is what that takes at the rate of a copy, measured before
// and after, by the median time.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/device_histograms.h"
#include "host/backend/backend.h"
#include "host/bench/quartiles.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/histogram.h"

namespace tidewright {
namespace {

constexpr int64_t kWords = 2 * kMaxBins;

BinnedTable MakeTable(int64_t rows, int64_t columns) {
  BinnedTable table;
  table.rows = rows;
  table.stride = RowStride(columns);
  table.by_row.resize(static_cast<size_t>(rows * table.stride));
  ParallelRanges(rows, 65536, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      uint8_t* bins = table.by_row.data() + row * table.stride;
      for (int64_t c = 0; c < columns; c += 16) {
        const PhiloxDraw draw = Philox(1, static_cast<uint64_t>(c), static_cast<uint64_t>(row));
        std::memcpy(bins + c, &draw.word, static_cast<size_t>(std::min<int64_t>(16, columns - c)));
      }
    }
  });
  return table;
}

HistogramWork MakeWork(int64_t rows, int64_t columns) {
  HistogramWork work;
  work.table = MakeTable(rows, columns);
  work.columns = columns;
  for (int64_t row = 0; row < rows; ++row) {
    // Any gradient of 16 bits; the hessian is not negative.
    work.pairs.push_back(MixedBits(static_cast<uint32_t>(row)) & 0xFFFF7FFFU);
  }
  return work;
}

// Deals the rows out; within a node they rise.
void DealOut(int64_t nodes, HistogramWork* work) {
  const int64_t rows = work->table.rows;
  const auto node_of = [&](int64_t row) {
    return MixedBits(static_cast<uint32_t>(row) ^ 0x5EEDU) % static_cast<uint32_t>(nodes);
  };
  work->offsets.assign(static_cast<size_t>(nodes) + 1, 0);
  for (int64_t row = 0; row < rows; ++row) ++work->offsets[node_of(row) + 1];
  for (int64_t node = 0; node < nodes; ++node) work->offsets[node + 1] += work->offsets[node];
  std::vector<int64_t> next = work->offsets;
  work->order.resize(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    work->order[next[node_of(row)]++] = static_cast<uint32_t>(row);
  }
}

// As the CPU's engine does it.
class HostHistograms {
 public:
  explicit HostHistograms(const HistogramWork& work)
      : work_(work), pool_(work.columns), scratch_(static_cast<size_t>(NumThreads())) {
    shape_.bins.assign(static_cast<size_t>(work.columns), static_cast<int32_t>(kMaxBins));
    for (AlignedVector<int64_t>& words : scratch_) {
      words.resize(static_cast<size_t>(work.columns * kMaxBins));
    }
    for (int64_t node = 0; node < work.nodes(); ++node) {
      const int64_t count = work.offsets[node + 1] - work.offsets[node];
      histograms_.push_back(pool_.Acquire(count > kPackedRows));
      for (int64_t begin = 0; begin < count; begin += kPackedRows) {
        const int64_t first = work.offsets[node] + begin;
        parts_.push_back({node,
                          {work.nodes() == 1 ? nullptr : work.order.data() + first, first,
                           std::min(kPackedRows, count - begin)}});
      }
    }
  }

  void Run() {
    std::vector<HistogramTarget> targets(histograms_.size());
    for (size_t node = 0; node < targets.size(); ++node) {
      targets[node].histogram = &pool_[histograms_[node]];
      targets[node].parts = 0;
    }
    for (const Part& part : parts_) ++targets[part.node].parts;
    ParallelBlocks(static_cast<int64_t>(parts_.size()), [&](int64_t part, int thread) {
      AddRows(shape_, work_.table, parts_[part].rows, work_.pairs.data(),
              &targets[parts_[part].node], &scratch_[thread]);
    });
  }

  int64_t bin_bytes() { return pool_[histograms_[0]].wide ? 16 : 8; }
  // As DeviceHistograms::Sums.
  std::vector<int64_t> Sums() {
    std::vector<int64_t> sums;
    for (const int histogram : histograms_) {
      const Histogram& from = pool_[histogram];
      if (from.wide) {
        sums.insert(sums.end(), from.words.begin(), from.words.end());
        continue;
      }
      for (int64_t column = 0; column < work_.columns; ++column) {
        const int64_t* words = from.words.data() + column * kMaxBins;
        for (int64_t bin = 0; bin < kMaxBins; ++bin) sums.push_back(PackedGradient(words[bin]));
        for (int64_t bin = 0; bin < kMaxBins; ++bin) sums.push_back(PackedHessian(words[bin]));
      }
    }
    return sums;
  }

 private:
  struct Part {
    int64_t node;
    RowList rows;
  };
  const HistogramWork& work_;
  HistogramShape shape_;
  HistogramPool pool_;
  std::vector<AlignedVector<int64_t>> scratch_;
  std::vector<int> histograms_;
  std::vector<Part> parts_;
};

// By the definition, a column at a time.
std::vector<int64_t> PlainSums(const HistogramWork& work) {
  std::vector<int64_t> sums(static_cast<size_t>(work.nodes() * work.columns * kWords), 0);
  ParallelBlocks(work.columns, [&](int64_t column, int) {
    for (int64_t node = 0; node < work.nodes(); ++node) {
      int64_t* gradients = sums.data() + (node * work.columns + column) * kWords;
      for (int64_t i = work.offsets[node]; i < work.offsets[node + 1]; ++i) {
        const int64_t row = work.order[i];
        const uint8_t bin = work.table.Row(row)[column];
        gradients[bin] += static_cast<int32_t>(work.pairs[row]) >> 16;
        gradients[kMaxBins + bin] += work.pairs[row] & 0xFFFFU;
      }
    }
  });
  return sums;
}

void Verify(const std::vector<int64_t>& found, const std::vector<int64_t>& expected,
            const char* what) {
  if (found != expected) throw std::runtime_error(std::string("WRONG: ") + what);
}

// `places`: rows are found by their place in the order; `bin_bytes` are written for each bin.
double BytesOf(const HistogramWork& work, bool places, int64_t bin_bytes) {
  return static_cast<double>(work.table.rows) *
             static_cast<double>(work.columns + 4 + (places ? 4 : 0)) +
         static_cast<double>(work.nodes() * work.columns * kMaxBins * bin_bytes);
}

template <class Histograms>
void Time(const HistogramWork& work, int repeats, double bytes, Meter& meter,
          Histograms* histograms) {
  const double before = meter.MeasureCeilings().bandwidth;
  std::vector<double> seconds;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    meter.FlushCaches();
    seconds.push_back(meter.Seconds([&] { histograms->Run(); }));
  }
  const double copy = (before + meter.MeasureCeilings().bandwidth) / 2;
  const Quartiles of = QuartilesOf(std::move(seconds));
  std::printf("%5lld %10.3f %10.3f - %-8.3f %8.3f %8.1f %8.1f %8.1f %%\n",
              static_cast<long long>(work.nodes()), 1e3 * of.median, 1e3 * of.low, 1e3 * of.high,
              bytes / 1e9, bytes / of.median / 1e9, copy / 1e9, 100 * bytes / copy / of.median);
}

void Run(int64_t rows, int64_t columns, int repeats, const std::string& device) {
  std::string reason;
  const Backend& backend = ChooseBackend(device, &reason);
  const bool on_host = &backend == &CpuBackend();
  const std::unique_ptr<Meter> meter = backend.make_meter();
  std::printf("%s: %s\n%lld rows x %lld columns, 256 bins; %d repeats\n%s\n", backend.name.c_str(),
              backend.description.c_str(), static_cast<long long>(rows),
              static_cast<long long>(columns), repeats, meter->MeasureCeilings().basis.c_str());
  std::printf("nodes         ms           quartiles       GB     GB/s     copy  roofline\n");
  HistogramWork work = MakeWork(rows, columns);
  for (const int64_t nodes : {1, 512}) {
    DealOut(nodes, &work);
    HostHistograms host(work);
    host.Run();
    const std::vector<int64_t> sums = host.Sums();
    Verify(sums, PlainSums(work), "the CPU's sums are not those of the definition");
    if (on_host) {
      Time(work, repeats, BytesOf(work, nodes > 1, host.bin_bytes()), *meter, &host);
      continue;
    }
    const std::unique_ptr<DeviceHistograms> on_device = MakeDeviceHistograms(work);
    on_device->Clear();
    on_device->Run();
    Verify(on_device->Sums(), sums, "the GPU's sums are not the CPU's");
    Time(work, repeats, BytesOf(work, true, 16), *meter, on_device.get());
  }
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  const int64_t rows = argc > 1 ? std::atoll(argv[1]) : 10'000'000;
  const int64_t columns = argc > 2 ? std::atoll(argv[2]) : 13;
  const int repeats = argc > 3 ? std::atoi(argv[3]) : 20;
  try {
    tidewright::Run(rows, columns, repeats, argc > 4 ? argv[4] : "auto");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
