// From a made-up event log to a table of customers, on the CPU and, where there is one, on a GPU:
// verifies that the tables are the same to the byte, then times them.
//   features_bench [EVENTS [REPEATS]]     (10,000,000 events, 3 repeats)
// The log stands in memory; three signals, quantities, a price. A table has every feature; the
// guard of a run, which computes it again from the truncated log, is timed apart. Each step runs in
// a process of its own, so that its peak memory is its own: that of the log in it.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/features/snapshot.h"

namespace tidewright {
namespace {

constexpr int64_t kItems = 50'000;
constexpr int64_t kCutoffDay = 19'000;
constexpr int64_t kSpanDays = 730;

struct Shop {
  EventLog log;
  IdTable users;
  SnapshotSpec spec;
};

// Customers with 10 events on average, few with many; visits of several events minutes apart;
// skewed items. Two years before the cutoff, and 90 days after it.
Shop MakeShop(int64_t events) {
  Shop shop;
  EventLog& log = shop.log;
  log.signal_names = {"purchase", "view", "return"};
  log.default_signal_weights = {1, 0.1f, -1};
  log.extra = {{"price", {}}};
  const int64_t end = (kCutoffDay + 90) * kMicrosPerDay;
  int64_t left = 0;
  int64_t time = 0;
  for (int64_t e = 0; e < events; ++e) {
    const PhiloxDraw draw = Philox(1, 0, static_cast<uint64_t>(e));
    const PhiloxDraw more = Philox(1, 1, static_cast<uint64_t>(e));
    const double u = UniformDouble(draw.word[0], draw.word[1]);
    if (left == 0) {
      shop.users.Add("customer-" + std::to_string(shop.users.size()));
      left = 1 + static_cast<int64_t>(-9.5 * std::log(UniformDouble(more.word[0], more.word[1])));
      time = end - static_cast<int64_t>(u * static_cast<double>(kSpanDays + 90)) * kMicrosPerDay;
    } else {
      const int64_t seconds =
          draw.word[2] % 3 == 0 ? draw.word[3] % (40 * 86'400) : draw.word[3] % 900;
      time = std::min(end, time + seconds * kMicrosPerSecond);
    }
    --left;
    log.user.push_back(static_cast<int32_t>(shop.users.size() - 1));
    log.item.push_back(static_cast<int32_t>(u * u * static_cast<double>(kItems)));
    log.timestamp.push_back(time);
    log.signal.push_back(static_cast<uint8_t>(more.word[2] % 10 < 6 ? 0 : more.word[2] % 10 - 5) %
                         3);
    log.value.push_back(static_cast<float>(1 + more.word[3] % 12));
    log.extra[0].values.push_back(static_cast<float>(draw.word[2] % 5000) / 100);
  }
  shop.spec.signals = {{"purchase", 1}, {"view", 0.1f}, {"return", -1}};
  shop.spec.event_columns = {"price"};
  shop.spec.groups = FeatureGroups();
  return shop;
}

FeatureTable Describe(const Shop& shop, const Backend& backend) {
  return DescribeCustomers(shop.log, {shop.users, {}}, shop.spec, kCutoffDay * kMicrosPerDay,
                           ListFeatures(shop.spec), backend.build_features);
}

double ProcessorSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

double SecondsOf(const std::function<void()>& work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

double PeakMegabytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

// What `body` says, from a child; empty where it has nothing to say. Throws where it fails.
std::string InChild(const std::function<std::string()>& body) {
  std::fflush(stdout);
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    try {
      const std::string said = body();
      std::fflush(stdout);
      if (write(ends[1], said.data(), said.size()) != static_cast<ssize_t>(said.size())) _exit(1);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string said(256, '\0');
  const ssize_t size = read(ends[0], said.data(), said.size());
  close(ends[0]);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error("a step failed");
  }
  said.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
  return said;
}

// The table's fingerprint, after printing how long it took.
std::string Time(int64_t events, const Backend& backend, int threads, int repeats) {
  SetNumThreads(threads);
  const Shop shop = MakeShop(events);
  const double log_megabytes = PeakMegabytes();
  FeatureTable table;
  std::vector<double> seconds;
  const double processor_before = ProcessorSeconds();
  for (int repeat = 0; repeat < repeats; ++repeat) {
    table = FeatureTable();
    seconds.push_back(SecondsOf([&] { table = Describe(shop, backend); }));
  }
  const double processor = (ProcessorSeconds() - processor_before) / repeats;
  const double peak = PeakMegabytes();
  const double guard = SecondsOf([&] {
    RefuseLeak(table, shop.log, {shop.users, {}}, shop.spec, kCutoffDay * kMicrosPerDay,
               ListFeatures(shop.spec), backend.build_features);
  });
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  const auto rows = static_cast<double>(table.rows);
  const double millions = static_cast<double>(events) / 1e6;
  std::printf("%s, %d thread%s: %lld rows x %lld columns\n", backend.name.c_str(), threads,
              threads == 1 ? "" : "s", static_cast<long long>(table.rows),
              static_cast<long long>(table.columns.size()));
  std::printf("  %.2f s (%.2f to %.2f): %.0f rows/s, %.2f M events/s\n", median, seconds.front(),
              seconds.back(), rows / median, millions / median);
  std::printf("  %.2f s of processor time: %.0f rows/s, %.2f M events/s a core\n", processor,
              rows / processor, millions / processor);
  std::printf("  the guard %.2f s; peak memory %.0f MB, %.0f MB of it before the first table\n",
              guard, peak, log_megabytes);
  return FingerprintOf(table);
}

void Run(int64_t events, int repeats) {
  std::printf("%lld events\n", static_cast<long long>(events));
  const std::string expected = InChild([&] { return Time(events, CpuBackend(), 1, repeats); });
  const auto compare = [&](const std::string& found, const std::string& what) {
    if (found != expected) throw std::runtime_error("WRONG: the table differs " + what);
    std::printf("  the same bytes %s: %s\n", what.c_str(), found.c_str());
  };
  compare(InChild([&] { return Time(events, CpuBackend(), 2, repeats); }), "with 2 threads");
  const std::string unavailable = InChild([] { return CudaBackend().unavailable.substr(0, 200); });
  if (!unavailable.empty()) {
    std::printf("CUDA: %s\n", unavailable.c_str());
    return;
  }
  compare(InChild([&] { return Time(events, CudaBackend(), 2, repeats); }), "with CUDA");
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  const int64_t events = argc > 1 ? std::atoll(argv[1]) : 10'000'000;
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 3;
  try {
    tidewright::Run(events, std::max(1, repeats));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
