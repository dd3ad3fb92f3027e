#include "host/data/import/event_assembly.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersPerBlock = 1024;

// Moves one column of every chunk to where its events go.
template <class T, class Column>
std::vector<T> Scatter(std::vector<EventChunk>& chunks,
                       const std::vector<std::vector<int64_t>>& destinations, int64_t events,
                       const Column& column) {
  if (chunks.empty() || column(chunks.front()).empty()) return {};
  std::vector<T> result(static_cast<size_t>(events));
  ParallelBlocks(static_cast<int64_t>(chunks.size()), [&](int64_t chunk, int) {
    std::vector<T> values = std::move(column(chunks[chunk]));
    for (size_t i = 0; i < values.size(); ++i) result[destinations[chunk][i]] = values[i];
  });
  return result;
}

template <class T>
void Permute(const std::vector<int64_t>& order, int64_t begin, std::vector<T>* column) {
  if (column->empty()) return;
  std::vector<T> sorted(order.size());
  for (size_t i = 0; i < order.size(); ++i) sorted[i] = (*column)[order[i]];
  std::copy(sorted.begin(), sorted.end(), column->begin() + begin);
}

void SortByTime(int64_t begin, int64_t end, EventLog* log) {
  const auto first = log->timestamp.begin() + begin;
  if (std::is_sorted(first, log->timestamp.begin() + end)) return;
  std::vector<int64_t> order(static_cast<size_t>(end - begin));
  std::iota(order.begin(), order.end(), begin);
  std::stable_sort(order.begin(), order.end(),
                   [log](int64_t a, int64_t b) { return log->timestamp[a] < log->timestamp[b]; });
  Permute(order, begin, &log->item);
  Permute(order, begin, &log->signal);
  Permute(order, begin, &log->value);
  for (EventColumn& column : log->extra) Permute(order, begin, &column.values);
  Permute(order, begin, &log->timestamp);
}

}  // namespace

EventLog AssembleEvents(std::vector<EventChunk> chunks, int64_t users) {
  // A chunk without events has no columns to look at.
  std::erase_if(chunks, [](const EventChunk& chunk) { return chunk.user.empty(); });
  std::vector<int64_t> offsets(static_cast<size_t>(users) + 1, 0);
  for (const EventChunk& chunk : chunks) {
    for (const int32_t user : chunk.user) ++offsets[static_cast<size_t>(user) + 1];
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<int64_t> next = offsets;
  std::vector<std::vector<int64_t>> destinations(chunks.size());
  for (size_t c = 0; c < chunks.size(); ++c) {
    destinations[c].reserve(chunks[c].user.size());
    for (const int32_t user : chunks[c].user) destinations[c].push_back(next[user]++);
  }

  const int64_t events = offsets.back();
  EventLog log;
  const auto scatter = [&]<class T>(std::vector<T>* to, const auto& column) {
    *to = Scatter<T>(chunks, destinations, events, column);
  };
  scatter(
      &log.user, [](EventChunk & chunk) -> auto& { return chunk.user; });
  scatter(
      &log.item, [](EventChunk & chunk) -> auto& { return chunk.item; });
  scatter(
      &log.timestamp, [](EventChunk & chunk) -> auto& { return chunk.timestamp; });
  scatter(
      &log.signal, [](EventChunk & chunk) -> auto& { return chunk.signal; });
  scatter(
      &log.value, [](EventChunk & chunk) -> auto& { return chunk.value; });
  log.extra.resize(chunks.empty() ? 0 : chunks.front().extra.size());
  for (size_t i = 0; i < log.extra.size(); ++i) {
    scatter(
        &log.extra[i].values, [i](EventChunk & chunk) -> auto& { return chunk.extra[i]; });
  }
  if (log.has_timestamps()) {
    ParallelRanges(users, kUsersPerBlock, [&](int64_t begin, int64_t end, int) {
      for (int64_t user = begin; user < end; ++user) {
        SortByTime(offsets[user], offsets[user + 1], &log);
      }
    });
  }
  return log;
}

}  // namespace tidewright
