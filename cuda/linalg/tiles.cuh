#ifndef TIDEWRIGHT_CUDA_LINALG_TILES_CUH_
#define TIDEWRIGHT_CUDA_LINALG_TILES_CUH_

#include "cuda/core/primitives.cuh"
#include "host/linalg/packed_tiles.h"

namespace tidewright {

// One warp's 32 x 32 block of products, held in registers as mma.sync holds it: with group =
// lane / 4 and member = lane % 4, at[m][n][e] is row 16 m + group + 8 (e / 2), column 8 n +
// 2 member + e % 2.
struct WarpTile {
  float at[2][4][4];

  __device__ void Clear() {
    TIDEWRIGHT_UNROLL
    for (int m = 0; m < 2; ++m) {
      TIDEWRIGHT_UNROLL
      for (int n = 0; n < 4; ++n) {
        TIDEWRIGHT_UNROLL
        for (int e = 0; e < 4; ++e) at[m][n][e] = 0.0f;
      }
    }
  }

  // Calls visit(element, offset) for each pair of neighbours: element[0] and element[1] belong at
  // tile[offset] and tile[offset + 1].
  template <class Visit>
  __device__ void ForEachPair(const Visit& visit) {
    const int group = LaneId() / 4;
    const int member = LaneId() % 4;
    TIDEWRIGHT_UNROLL
    for (int m = 0; m < 2; ++m) {
      TIDEWRIGHT_UNROLL
      for (int n = 0; n < 4; ++n) {
        TIDEWRIGHT_UNROLL
        for (int half = 0; half < 2; ++half) {
          visit(&at[m][n][2 * half], TileElement(16 * m + group + 8 * half, 8 * n + 2 * member));
        }
      }
    }
  }

  __device__ void Load(const float* tile) {
    ForEachPair([tile](float* element, int offset) {
      const float2 pair = *reinterpret_cast<const float2*>(tile + offset);
      element[0] = pair.x;
      element[1] = pair.y;
    });
  }

  __device__ void Store(float* tile) {
    ForEachPair([tile](float* element, int offset) {
      *reinterpret_cast<float2*>(tile + offset) = float2{element[0], element[1]};
    });
  }
};

// Products in fp32 on the ordinary units.
struct Fp32Multiply {
  // acc(i, j) += sum over k of weight[k] x[k][i] y[k][j]; x and y point at their first column in
  // rows `stride` floats apart; count is a multiple of 8.
  __device__ static void AddOuter(WarpTile& acc, const float* x, const float* y, int stride,
                                  const float* weight, int count) {
    const int group = LaneId() / 4;
    const int member = LaneId() % 4;
    for (int k = 0; k < count; ++k) {
      const float* x_row = x + k * stride;
      const float* y_row = y + k * stride;
      float left[2][2];
      TIDEWRIGHT_UNROLL
      for (int m = 0; m < 2; ++m) {
        left[m][0] = x_row[16 * m + group] * weight[k];
        left[m][1] = x_row[16 * m + group + 8] * weight[k];
      }
      TIDEWRIGHT_UNROLL
      for (int n = 0; n < 4; ++n) {
        const float2 right = *reinterpret_cast<const float2*>(y_row + 8 * n + 2 * member);
        TIDEWRIGHT_UNROLL
        for (int m = 0; m < 2; ++m) AddPair(acc.at[m][n], left[m], right);
      }
    }
  }

  // acc(i, j) += sign * sum over k of p(i, k) q(j, k), both packed tiles.
  __device__ static void AddProduct(WarpTile& acc, const float* p, const float* q, float sign) {
    const int group = LaneId() / 4;
    const int member = LaneId() % 4;
    for (int k = 0; k < kTileSize; ++k) {
      float left[2][2];
      TIDEWRIGHT_UNROLL
      for (int m = 0; m < 2; ++m) {
        left[m][0] = p[TileElement(16 * m + group, k)] * sign;
        left[m][1] = p[TileElement(16 * m + group + 8, k)] * sign;
      }
      TIDEWRIGHT_UNROLL
      for (int n = 0; n < 4; ++n) {
        const float2 right = {q[TileElement(8 * n + 2 * member, k)],
                              q[TileElement(8 * n + 2 * member + 1, k)]};
        TIDEWRIGHT_UNROLL
        for (int m = 0; m < 2; ++m) AddPair(acc.at[m][n], left[m], right);
      }
    }
  }

 private:
  __device__ static void AddPair(float (&d)[4], const float (&left)[2], const float2& right) {
    d[0] += left[0] * right.x;
    d[1] += left[0] * right.y;
    d[2] += left[1] * right.x;
    d[3] += left[1] * right.y;
  }
};

// Products on the tensor cores. Entries are rounded to TF32 (10 mantissa bits) and summed in fp32;
// products of tiles, which the factorization is made of, split each number into two TF32 parts and
// keep three of the four products ("3xTF32"), which loses next to nothing against fp32.
struct Tf32Multiply {
  __device__ static void AddOuter(WarpTile& acc, const float* x, const float* y, int stride,
                                  const float* weight, int count) {
    const int group = LaneId() / 4;
    const int member = LaneId() % 4;
    for (int k = 0; k < count; k += 8) {
      const float* x_low = x + (k + member) * stride + group;
      const float* x_high = x_low + 4 * stride;
      const float* y_low = y + (k + member) * stride + group;
      const float* y_high = y_low + 4 * stride;
      const float weight_low = weight[k + member];
      const float weight_high = weight[k + member + 4];
      uint32_t a[2][4];
      TIDEWRIGHT_UNROLL
      for (int m = 0; m < 2; ++m) {
        a[m][0] = RoundTf32(x_low[16 * m]);
        a[m][1] = RoundTf32(x_low[16 * m + 8]);
        a[m][2] = RoundTf32(x_high[16 * m]);
        a[m][3] = RoundTf32(x_high[16 * m + 8]);
      }
      TIDEWRIGHT_UNROLL
      for (int n = 0; n < 4; ++n) {
        const uint32_t b[2] = {RoundTf32(weight_low * y_low[8 * n]),
                               RoundTf32(weight_high * y_high[8 * n])};
        TIDEWRIGHT_UNROLL
        for (int m = 0; m < 2; ++m) MmaTf32(acc.at[m][n], a[m], b);
      }
    }
  }

  __device__ static void AddProduct(WarpTile& acc, const float* p, const float* q, float sign) {
    const int group = LaneId() / 4;
    const int member = LaneId() % 4;
    for (int k = 0; k < kTileSize; k += 8) {
      uint32_t a_large[2][4];
      uint32_t a_small[2][4];
      TIDEWRIGHT_UNROLL
      for (int m = 0; m < 2; ++m) {
        TIDEWRIGHT_UNROLL
        for (int e = 0; e < 4; ++e) {
          const int offset = TileElement(16 * m + group + 8 * (e % 2), k + member + 4 * (e / 2));
          Split(p[offset] * sign, &a_large[m][e], &a_small[m][e]);
        }
      }
      TIDEWRIGHT_UNROLL
      for (int n = 0; n < 4; ++n) {
        uint32_t b_large[2];
        uint32_t b_small[2];
        TIDEWRIGHT_UNROLL
        for (int e = 0; e < 2; ++e) {
          Split(q[TileElement(8 * n + group, k + member + 4 * e)], &b_large[e], &b_small[e]);
        }
        TIDEWRIGHT_UNROLL
        for (int m = 0; m < 2; ++m) {
          MmaTf32(acc.at[m][n], a_small[m], b_large);
          MmaTf32(acc.at[m][n], a_large[m], b_small);
          MmaTf32(acc.at[m][n], a_large[m], b_large);
        }
      }
    }
  }

 private:
  __device__ static void Split(float value, uint32_t* large, uint32_t* small) {
    *large = RoundTf32(value);
    *small = RoundTf32(value - __uint_as_float(*large));
  }
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LINALG_TILES_CUH_
