// Reads a deflated, shuffled event log of a given size: verifies every column, then times.
//   hdf5_read_bench [EVENTS]
// "MB/s a core" is decoded bytes by seconds of processor time, over all of ReadDataset: inflating,
// converting, checking, ids, fingerprint. Each step runs in a process of its own, so that its peak
// memory is its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/data/hdf5/dataset_file.h"

namespace tidewright {
namespace {

constexpr int64_t kEventsAUser = 100;
constexpr int64_t kItems = 50'000;
constexpr double kMegabyte = 1e6;

// Skewed items, rising times with gaps of minutes to days, quantities from 1 to 12.
Dataset MakeLog(int64_t events) {
  Dataset dataset;
  for (int64_t user = 0; user <= events / kEventsAUser; ++user) {
    dataset.users.Add("customer-" + std::to_string(user));
  }
  for (int64_t item = 0; item < kItems; ++item) dataset.items.Add("item-" + std::to_string(item));
  EventLog& log = dataset.log.emplace();
  log.signal_names = {"view", "purchase"};
  log.default_signal_weights = {1, 1};
  int64_t time = 0;
  for (int64_t e = 0; e < events; ++e) {
    const PhiloxDraw draw = Philox(1, 0, static_cast<uint64_t>(e));
    const double u = UniformDouble(draw.word[0], draw.word[1]);
    time = e % kEventsAUser == 0 ? 1'600'000'000 : time + 60 + draw.word[2] % 100'000;
    log.user.push_back(static_cast<int32_t>(e / kEventsAUser));
    log.item.push_back(static_cast<int32_t>(u * u * static_cast<double>(kItems)));
    log.timestamp.push_back(time * 1'000'000);
    log.signal.push_back(draw.word[3] % 10 == 0);
    log.value.push_back(static_cast<float>(1 + draw.word[3] / 10 % 12));
  }
  return dataset;
}

bool SameLog(const EventLog& a, const EventLog& b) {
  return a.user == b.user && a.item == b.item && a.timestamp == b.timestamp &&
         a.signal == b.signal && a.value == b.value;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double ProcessorSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

// Runs `body` in a child; throws where it fails.
void InChild(const std::function<void()>& body) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    try {
      body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      std::exit(1);
    }
    std::exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error("a step failed");
  }
}

void Verify(const std::string& path, int64_t events) {
  const Dataset expected = MakeLog(events);
  for (const int threads : {1, 2}) {
    SetNumThreads(threads);
    const Dataset read = ReadDataset(path);
    if (!SameLog(*read.log, *expected.log) || !(read.users == expected.users)) {
      throw std::runtime_error("WRONG: what was read is not what was written");
    }
  }
  std::printf("verified: every column as written, with 1 and 2 threads\n");
}

void Time(const std::string& path, int threads) {
  SetNumThreads(threads);
  const double processor_before = ProcessorSeconds();
  const auto before = std::chrono::steady_clock::now();
  const Dataset read = ReadDataset(path);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
  const double processor = ProcessorSeconds() - processor_before;
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const double decoded = static_cast<double>(read.decoded_bytes) / kMegabyte;
  std::printf(
      "threads %d: %.2f s wall, %.2f s processor, %.0f MB/s, %.0f MB/s a core; decoded %.0f MB "
      "from %.0f MB stored; peak memory %.0f MB\n",
      threads, wall.count(), processor, decoded / wall.count(), decoded / processor, decoded,
      static_cast<double>(read.stored_bytes) / kMegabyte,
      static_cast<double>(usage.ru_maxrss) * 1024 / kMegabyte);
}

void Run(const std::string& path, int64_t events) {
  std::printf("%lld events\n", static_cast<long long>(events));
  InChild([&] {
    const Dataset log = MakeLog(events);
    const auto before = std::chrono::steady_clock::now();
    WriteEventLog(path, log, true);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
    std::printf("written in %.2f s with %d threads\n", wall.count(), NumThreads());
  });
  InChild([&] { Verify(path, events); });
  for (const int threads : {1, 2}) InChild([&] { Time(path, threads); });
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  const int64_t events = argc > 1 ? std::atoll(argv[1]) : 20'000'000;
  const std::string path = (std::filesystem::temp_directory_path() /
                            ("hdf5_read_bench_" + std::to_string(getpid()) + ".h5"))
                               .string();
  int exit_code = 0;
  try {
    tidewright::Run(path, events);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    exit_code = 1;
  }
  std::filesystem::remove(path);
  return exit_code;
}
