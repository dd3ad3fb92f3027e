#ifndef TIDEWRIGHT_CUDA_IALS_CG_GATHER_CUH_
#define TIDEWRIGHT_CUDA_IALS_CG_GATHER_CUH_

#include <type_traits>

#include "cuda/core/primitives.cuh"
#include "cuda/ials/cg_problem.h"
#include "cuda/linalg/narrow.cuh"

namespace tidewright {

// The pass of conjugate gradients over a row's entries: each row of factors is gathered once, for
// its product with p and for the sum that the product weighs. What a slot is: cg_problem.h.

__device__ inline float Dot(const float4& a, const float4& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
}
__device__ inline void AddScaled(float4& sum, float weight, const float4& a) {
  sum.x += weight * a.x;
  sum.y += weight * a.y;
  sum.z += weight * a.z;
  sum.w += weight * a.w;
}

__device__ inline int64_t PlaceOfSlot(const CgProblem& problem, int64_t slot) {
  return problem.split == nullptr ? slot : problem.owners[slot];
}
__device__ inline int32_t RowOfPlace(const CgProblem& problem, int64_t place) {
  return problem.split == nullptr ? problem.whole[place] : problem.split[place].row;
}
__device__ inline EntryRange RangeOfSlot(const CgProblem& problem, int64_t slot) {
  if (problem.split != nullptr) return problem.parts[slot];
  const int32_t row = problem.whole[slot];
  return {problem.rows.offsets[row], problem.rows.offsets[row + 1]};
}

// What a lane knows of one entry; an entry beyond the end weighs nothing.
struct CgEntry {
  int32_t id = -1;
  float confidence = 0.0f;
  float target = 0.0f;
};
__device__ inline CgEntry ReadCgEntry(const RowProblem& rows, int64_t at, int64_t end,
                                      float target) {
  if (at >= end) return {};
  const float value = rows.values[at];
  return {rows.ids[at], IalsConfidence(rows.scalars, value), target * IalsPreference(value)};
}

// kLanes lanes hold a row of up to 4 kLanes kVectors columns, four neighbours a lane and vector;
// the teams of a warp take entries in turn, each kEntries of them at a time.
template <class Element, int kLanes, int kVectors>
class CgTeam {
 public:
  static constexpr int kTeams = kWarpSize / kLanes;
  static constexpr int kEntries = 8 / kVectors;

  __device__ CgTeam(const CgProblem& problem, int64_t place)
      : quarter_(problem.rows.padded / 4), member_(LaneId() % kLanes) {
    const float* p = problem.direction + place * problem.rows.padded;
    TIDEWRIGHT_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      p_[v] = LoadFour(p + 4 * Column(v), Column(v) < quarter_);
      sum_[v] = float4{0.0f, 0.0f, 0.0f, 0.0f};
    }
  }

  // Adds this warp's share of the entries: every `warps`th piece of 32 from its `warp`th on.
  __device__ void Add(const RowProblem& rows, const EntryRange& range, int warp, int warps,
                      const CgPass& pass) {
    const int lane = LaneId();
    int64_t at = range.begin + int64_t{kWarpSize} * warp;
    CgEntry next = ReadCgEntry(rows, at + lane, range.end, pass.target);
    while (at < range.end) {
      const CgEntry entry = next;
      const int64_t left = range.end - at;
      const int count = left < kWarpSize ? static_cast<int>(left) : kWarpSize;
      at += int64_t{kWarpSize} * warps;
      next = ReadCgEntry(rows, at + lane, range.end, pass.target);
      for (int first = 0; first < count; first += kTeams * kEntries) {
        AddEntries(rows, entry, first, pass.sums);
      }
    }
  }

  // The sums of all teams of the warp, in a fixed order; of the energy, on every lane.
  __device__ double Finish(float* sums, bool wanted) {
    if (wanted) {
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        for (int mask = kLanes; mask < kWarpSize; mask *= 2) {
          sum_[v].x += ShuffleXor(sum_[v].x, mask);
          sum_[v].y += ShuffleXor(sum_[v].y, mask);
          sum_[v].z += ShuffleXor(sum_[v].z, mask);
          sum_[v].w += ShuffleXor(sum_[v].w, mask);
        }
        if (LaneId() < kLanes && Column(v) < quarter_) {
          *reinterpret_cast<float4*>(sums + 4 * Column(v)) = sum_[v];
        }
      }
    }
    return WarpSum(member_ == 0 ? energy_ : 0.0);
  }

 private:
  // In groups of four floats.
  __device__ int Column(int v) const { return member_ + v * kLanes; }

  __device__ void AddEntries(const RowProblem& rows, const CgEntry& entry, int first, bool sums) {
    const int team = LaneId() / kLanes;
    float4 h[kEntries][kVectors];
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      const int32_t id = ShuffleFrom(entry.id, first + e * kTeams + team);
      const Element* row =
          static_cast<const Element*>(rows.fixed) + id * static_cast<int64_t>(rows.padded);
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        h[e][v] = LoadFour(row + 4 * Column(v), id >= 0 && Column(v) < quarter_);
      }
    }
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      float product = 0.0f;
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) product += Dot(h[e][v], p_[v]);
      for (int mask = kLanes / 2; mask > 0; mask /= 2) product += ShuffleXor(product, mask);
      const float confidence = ShuffleFrom(entry.confidence, first + e * kTeams + team);
      product -= ShuffleFrom(entry.target, first + e * kTeams + team);
      const float weight = confidence * product;
      energy_ += static_cast<double>(weight) * product;
      if (!sums) continue;
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) AddScaled(sum_[v], weight, h[e][v]);
    }
  }

  int quarter_;
  int member_;
  float4 p_[kVectors];
  float4 sum_[kVectors];
  double energy_ = 0;
};

// Slots first + 0 .. count - 1, a warp each.
template <class Element, int kLanes, int kVectors>
__global__ void __launch_bounds__(kCgThreads, 2)
    CgShortKernel(CgProblem problem, int64_t first, int64_t count, CgPass pass) {
  const int64_t index = static_cast<int64_t>(blockIdx.x) * WarpCount() + WarpId();
  if (index >= count) return;
  const int64_t slot = first + index;
  const int64_t place = PlaceOfSlot(problem, slot);
  if (problem.state[place].open == 0) return;
  CgTeam<Element, kLanes, kVectors> team(problem, place);
  team.Add(problem.rows, RangeOfSlot(problem, slot), 0, 1, pass);
  const double energy = team.Finish(problem.sums + slot * problem.rows.padded, pass.sums);
  if (LaneId() == 0) problem.energy[slot] = energy;
}

// Shared memory of CgLongKernel: a row of factors and an energy for each warp.
TIDEWRIGHT_HOST_DEVICE constexpr int64_t CgLongBytes(int padded) {
  return kCgWarps * (int64_t{4} * padded + 8);
}

// Slots first + blockIdx.x, a block each: the warps share the entries.
template <class Element, int kLanes, int kVectors>
__global__ void __launch_bounds__(kCgThreads, 2)
    CgLongKernel(CgProblem problem, int64_t first, CgPass pass) {
  const int64_t slot = first + blockIdx.x;
  const int64_t place = PlaceOfSlot(problem, slot);
  if (problem.state[place].open == 0) return;
  double* energies = reinterpret_cast<double*>(DynamicShared());
  float* parts = reinterpret_cast<float*>(energies + kCgWarps);
  const int padded = problem.rows.padded;
  CgTeam<Element, kLanes, kVectors> team(problem, place);
  team.Add(problem.rows, RangeOfSlot(problem, slot), WarpId(), kCgWarps, pass);
  const double energy = team.Finish(parts + WarpId() * padded, pass.sums);
  if (LaneId() == 0) energies[WarpId()] = energy;
  __syncthreads();
  if (threadIdx.x == 0) {
    double sum = 0;
    for (int warp = 0; warp < kCgWarps; ++warp) sum += energies[warp];
    problem.energy[slot] = sum;
  }
  if (!pass.sums) return;
  for (int i = static_cast<int>(threadIdx.x); i < padded; i += kCgThreads) {
    float sum = 0.0f;
    for (int warp = 0; warp < kCgWarps; ++warp) sum += parts[warp * padded + i];
    problem.sums[slot * padded + i] = sum;
  }
}

// Threads of CgWideKernel: each holds kVectors times four columns.
TIDEWRIGHT_HOST_DEVICE constexpr int CgWideThreads(int padded, int vectors) {
  return (padded / (4 * vectors) + 31) / 32 * 32;
}
constexpr int kWideEntries = 4;

// Slots first + blockIdx.x, a block each: the warps share the columns, and meet once for every few
// entries.
template <class Element, int kVectors>
__global__ void __launch_bounds__(kMaxWideThreads)
    CgWideKernel(CgProblem problem, int64_t first, CgPass pass) {
  constexpr int kEntries = kWideEntries / kVectors;
  const int64_t slot = first + blockIdx.x;
  const int64_t place = PlaceOfSlot(problem, slot);
  if (problem.state[place].open == 0) return;
  // Two sets in turn, so that one barrier a piece is enough: [set][entry][warp].
  float* partial = reinterpret_cast<float*>(DynamicShared());
  const int padded = problem.rows.padded;
  const int threads = static_cast<int>(blockDim.x);
  const int column = static_cast<int>(threadIdx.x);
  const EntryRange range = RangeOfSlot(problem, slot);
  float4 p[kVectors];
  float4 sum[kVectors];
  TIDEWRIGHT_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    const int at = 4 * (column + v * threads);
    p[v] = LoadFour(problem.direction + place * padded + at, at < padded);
    sum[v] = float4{0.0f, 0.0f, 0.0f, 0.0f};
  }
  double energy = 0;
  int set = 0;
  for (int64_t at = range.begin; at < range.end; at += kEntries) {
    float4 h[kEntries][kVectors];
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      const bool valid = at + e < range.end;
      const int64_t id = valid ? problem.rows.ids[at + e] : 0;
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        const int offset = 4 * (column + v * threads);
        h[e][v] = LoadFour(static_cast<const Element*>(problem.rows.fixed) + id * padded + offset,
                           valid && offset < padded);
      }
    }
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      float product = 0.0f;
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) product += Dot(h[e][v], p[v]);
      product = WarpSum(product);
      if (LaneId() == 0) partial[(set * kEntries + e) * kWarpSize + WarpId()] = product;
    }
    __syncthreads();
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      const float* warps = partial + (set * kEntries + e) * kWarpSize;
      float product = WarpSum(LaneId() < WarpCount() ? warps[LaneId()] : 0.0f);
      const CgEntry entry = ReadCgEntry(problem.rows, at + e, range.end, pass.target);
      product -= entry.target;
      const float weight = entry.confidence * product;
      energy += static_cast<double>(weight) * product;
      TIDEWRIGHT_UNROLL
      for (int v = 0; v < kVectors; ++v) AddScaled(sum[v], weight, h[e][v]);
    }
    set ^= 1;
  }
  if (threadIdx.x == 0) problem.energy[slot] = energy;
  if (!pass.sums) return;
  TIDEWRIGHT_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    const int offset = 4 * (column + v * threads);
    if (offset < padded) {
      *reinterpret_cast<float4*>(problem.sums + slot * padded + offset) = sum[v];
    }
  }
}
TIDEWRIGHT_HOST_DEVICE constexpr int64_t CgWideBytes() {
  return int64_t{4} * 2 * kWideEntries * kWarpSize;
}

// Calls teams with the CgTeam, or wide with the vectors of CgWideKernel, that suit a dimension;
// each takes them as integral constants.
template <class Teams, class Wide>
void ForCgShape(int padded, const Teams& teams, const Wide& wide) {
  using std::integral_constant;
  const integral_constant<int, 1> one;
  const integral_constant<int, 32> warp;
  if (padded <= 32) return teams(integral_constant<int, 8>(), one);
  if (padded <= 64) return teams(integral_constant<int, 16>(), one);
  if (padded <= 128) return teams(warp, one);
  if (padded <= 256) return teams(warp, integral_constant<int, 2>());
  if (padded <= kMaxTeamColumns) return teams(warp, integral_constant<int, 4>());
  if (padded <= 4 * kMaxWideThreads) return wide(one);
  wide(integral_constant<int, 2>());
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_CG_GATHER_CUH_
