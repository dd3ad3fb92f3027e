#ifndef TIDEWRIGHT_CUDA_IALS_CG_UPDATE_CUH_
#define TIDEWRIGHT_CUDA_IALS_CG_UPDATE_CUH_

#include <limits>

#include "cuda/ials/cg_gather.cuh"

namespace tidewright {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

// The vectors of conjugate gradients between two passes over the entries.

// direction[place] = the factors of the place's row, which is open. One thread four columns.
__global__ void CgLoadKernel(CgProblem problem, bool from_zero) {
  const int quarter = problem.rows.padded / 4;
  const int64_t element = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  const int64_t place = element / quarter;
  if (place >= problem.places) return;
  const int64_t column = 4 * (element % quarter);
  const int64_t padded = problem.rows.padded;
  float* x = problem.rows.solution + RowOfPlace(problem, place) * padded + column;
  const float4 four = LoadFour(x, !from_zero);
  *reinterpret_cast<float4*>(problem.direction + place * padded + column) = four;
  if (from_zero) *reinterpret_cast<float4*>(x) = four;
  if (column == 0) problem.state[place] = CgState{0, 0, 0, 1, 1};
}

// The sum over the kWarps warps that share a row, in a fixed order, on every lane. `partial`: two
// numbers of shared memory a warp, used in turn.
template <int kWarps>
class RowSum {
 public:
  __device__ explicit RowSum(double* partial) : partial_(partial) {}
  __device__ double operator()(double value) {
    value = WarpSum(value);
    if (kWarps == 1) return value;
    double* set = partial_ + turn_ * kWarps;
    turn_ ^= 1;
    if (LaneId() == 0) set[WarpId()] = value;
    __syncthreads();
    double sum = 0;
    for (int warp = 0; warp < kWarps; ++warp) sum += set[warp];
    return sum;
  }

 private:
  double* partial_;
  int turn_ = 0;
};
TIDEWRIGHT_HOST_DEVICE constexpr int64_t RowSumBytes() { return 2 * kCgWarps * int64_t{8}; }

// One row's vectors, `kWarps` warps to a row.
template <int kWarps>
class CgVectors {
 public:
  __device__ CgVectors(const CgProblem& problem, int64_t place)
      : padded_(problem.rows.padded),
        first_(static_cast<int>(threadIdx.x) % (kWarps * kWarpSize)),
        sum_(reinterpret_cast<double*>(DynamicShared())) {
    const int32_t row = RowOfPlace(problem, place);
    x_ = problem.rows.solution + row * static_cast<int64_t>(padded_);
    p_ = problem.direction + place * padded_;
    r_ = problem.residual + place * padded_;
    q_ = problem.product + place * padded_;
    shift_ = problem.rows.regularization[row];
    slot_ = place;
    if (problem.split != nullptr) {
      slot_ = problem.split[place].first_part;
      slots_ = problem.split[place].parts;
    }
    sums_ = problem.sums + slot_ * padded_;
    for (int s = 0; s < slots_; ++s) energy_ += problem.energy[slot_ + s];
  }

  // r = p = b - A x, where p was x.
  __device__ void Begin(CgState* state) {
    double product = 0;
    double square = 0;
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) {
      const float x = p_[i];
      const float q = q_[i] + shift_ * x;
      product += static_cast<double>(x) * q;
      const float r = -(q + SumOfSlots(i));
      square += static_cast<double>(r) * r;
      r_[i] = r;
      p_[i] = r;
    }
    state->loss = energy_ + sum_(product);
    state->first = state->square = sum_(square);
    state->open = !(state->square <= kCgDust);
    if (state->open == 0) ClearDirection();
  }

  // The length of the step along p; not positive definite where there is none.
  __device__ double StepLength(CgState* state) {
    double product = 0;
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) {
      product += static_cast<double>(p_[i]) * (q_[i] + shift_ * p_[i]);
    }
    const double curvature = energy_ + sum_(product);
    if (!(curvature > 0)) {
      state->open = state->solved = 0;
      return 0;
    }
    const double step = state->square / curvature;
    state->loss -= step * state->square;
    return step;
  }

  __device__ void Move(double step) {
    const float length = static_cast<float>(step);
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) x_[i] += length * p_[i];
  }

  // The new residual and the direction after it.
  __device__ void Turn(double step, CgState* state) {
    const float length = static_cast<float>(step);
    double square = 0;
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) {
      const float r = r_[i] - length * (q_[i] + shift_ * p_[i] + SumOfSlots(i));
      square += static_cast<double>(r) * r;
      r_[i] = r;
    }
    square = sum_(square);
    const float turn = static_cast<float>(square / state->square);
    state->square = square;
    const double solved = kCgSolved * state->first;
    state->open = !(square <= (solved > kCgDust ? solved : kCgDust));
    if (state->open == 0) {
      ClearDirection();
      return;
    }
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) p_[i] = r_[i] + turn * p_[i];
  }

  // The product with a row that is done is not looked at, but must be made of numbers.
  __device__ void ClearDirection() {
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) p_[i] = 0.0f;
  }

  // lambda |x|^2.
  __device__ double Penalty() {
    double square = 0;
    for (int i = first_; i < padded_; i += kWarps * kWarpSize) {
      square += static_cast<double>(x_[i]) * x_[i];
    }
    return static_cast<double>(shift_) * sum_(square);
  }

  __device__ bool First() const { return first_ == 0; }

 private:
  __device__ float SumOfSlots(int i) const {
    if (slots_ == 1) return sums_[i];
    double sum = 0;
    for (int s = 0; s < slots_; ++s) sum += sums_[s * static_cast<int64_t>(padded_) + i];
    return static_cast<float>(sum);
  }

  int padded_;
  int first_;
  RowSum<kWarps> sum_;
  float* x_;
  float* p_;
  float* r_;
  const float* q_;
  const float* sums_;
  float shift_;
  int64_t slot_;
  int slots_ = 1;
  double energy_ = 0;
};

// After a pass over the entries: the first makes the residual, the others take a step, and the last
// of them leaves the row's share of the objective. kWarps warps to a place.
template <int kWarps>
__global__ void __launch_bounds__(kCgThreads) CgUpdateKernel(CgProblem problem, CgUpdate update) {
  const int64_t place = static_cast<int64_t>(blockIdx.x) * (kCgWarps / kWarps) + WarpId() / kWarps;
  if (place >= problem.places) return;
  CgState state = problem.state[place];
  CgVectors<kWarps> vectors(problem, place);
  if (update == CgUpdate::kFirst) {
    vectors.Begin(&state);
  } else if (state.open != 0) {
    const double step = vectors.StepLength(&state);
    if (state.open != 0) {
      vectors.Move(step);
      if (update == CgUpdate::kStep) vectors.Turn(step, &state);
    } else {
      vectors.ClearDirection();
    }
  }
  double share = 0;
  if (update == CgUpdate::kLast) {
    const double penalty = vectors.Penalty();
    share = problem.rows.share_is_penalty ? penalty : state.loss;
    // As a factorization of what is not positive definite leaves it.
    if (state.solved == 0) share = kNotANumber;
  }
  // Nobody reads the old state any more.
  if (kWarps == 1) {
    __syncwarp();
  } else {
    __syncthreads();
  }
  if (!vectors.First()) return;
  problem.state[place] = state;
  if (update == CgUpdate::kLast) problem.rows.share[RowOfPlace(problem, place)] = share;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_CG_UPDATE_CUH_
