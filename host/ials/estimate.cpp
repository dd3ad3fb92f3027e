#include <algorithm>

#include "host/core/parallel.h"
#include "host/ials/block_basis.h"
#include "host/ials/dual_rows.h"
#include "host/ials/half_solver.h"
#include "host/ials/ials.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"

namespace tidewright {
namespace {

// Both halves of an epoch: each side is solved once and fixed once.
struct Shape {
  int64_t users = 0;
  int64_t items = 0;
  double factors = 0;
  double rows = 0;     // of both sides
  double entries = 0;  // of both halves

  // Bytes of the factor rows that a pass over the entries gathers, with their ids and values.
  double gathered() const { return entries * (4 * factors + 8); }
  double written() const { return rows * 4 * factors; }
  // Of a side of so many rows, as if all had the same length: their lengths are not known here.
  double RowLength(double side) const { return side == 0 ? 0.0 : entries / 2 / side; }
};

// What is done row by row, and the change of basis that short rows, those with a system of their
// entries, need.
struct RowWork {
  CostPhase rotate{"rotate"};
  CostPhase gather{"gather"};
  CostPhase solve{"solve"};
  CostPhase short_rows{"short rows"};

  void Add(bool is_short, double gather_flops, double solve_flops, double gathered) {
    (is_short ? short_rows : gather).flops += gather_flops;
    (is_short ? short_rows : solve).flops += solve_flops;
    (is_short ? short_rows : gather).bytes += gathered;
  }
  void AddTo(CostEstimate* estimate) const {
    for (const CostPhase* phase : {&rotate, &gather, &solve, &short_rows}) {
      if (phase->flops > 0) estimate->Add(*phase);
    }
  }
};

void AddCholesky(const Shape& shape, int64_t f, CostEstimate* estimate) {
  const double d = shape.factors;
  RowWork work;
  for (const int64_t count : {shape.users, shape.items}) {
    const double c = static_cast<double>(count);
    const double n = shape.RowLength(c);
    const bool dual = DualRows::Takes(static_cast<int64_t>(n), f);
    work.Add(dual, c * (dual ? n * (n + 1) * d : n * d * (d + 1)),
             c * (dual ? n * n * n / 3 + 2 * n * n + 2 * n * d : d * d * d / 3 + 2 * d * d),
             shape.gathered() / 2);
    (dual ? work.short_rows : work.solve).bytes += c * 4 * d;
    if (!dual) continue;
    work.rotate.flops += 2 * shape.rows * d * d;
    work.rotate.bytes += 2 * shape.written();
  }
  work.AddTo(estimate);
  const int64_t thread_floats =
      2 * PackedFloats(f) + PanelFloats(f) + 4 * kTile * TilesOf(f) + RowPanelFloats(f, f);
  estimate->host_bytes += NumThreads() * 4 * thread_floats +
                          DualRows::SharedBytes(std::max(shape.users, shape.items), f);
}

// The residual is a pass like a step's. A batch's gathered rows stay in the cache from pass to
// pass, so that memory is read once.
void AddCg(const Shape& shape, int64_t f, int64_t steps, CostEstimate* estimate) {
  const double passes = static_cast<double>(steps) + 1;
  const double d = shape.factors;
  estimate->Add({"gather", passes * 4 * shape.entries * d, shape.gathered()});
  estimate->Add({"product", passes * 2 * shape.rows * d * d, shape.written()});
  estimate->host_bytes += 4 * f * f + NumThreads() * 4 * 4 * kIalsBlockRows * f;
}

// Each entry's prediction is kept and moved with every block of factors.
void AddIalspp(const Shape& shape, int64_t f, int64_t block, CostEstimate* estimate) {
  const double d = shape.factors;
  const double b = static_cast<double>(block);
  RowWork work;
  for (const int64_t count : {shape.users, shape.items}) {
    const double c = static_cast<double>(count);
    const double n = shape.RowLength(c);
    const auto length = static_cast<int64_t>(n);
    const bool is_short = length > 0 && BlockBasis::Takes(length, block);
    work.Add(is_short, c * (is_short ? (n + 1) * (n + 2) * d + 4 * n * d : n * (d * b + 5 * d)),
             c * (is_short ? d / b * (n * n * n / 3 + 2 * n * n) : d * b * b / 3 + 2 * d * b),
             shape.gathered() / 2 + shape.entries * 8 * d / b);
    if (!is_short) continue;
    // The fixed rows into the basis, the others there and back.
    work.rotate.flops += 2 * (shape.rows + c) * d * b;
    work.rotate.bytes += 2 * shape.written();
  }
  work.AddTo(estimate);
  estimate->Add({"product", 2 * shape.rows * d * d, shape.written()});
  const int64_t thread_floats = kIalsBlockRows * (2 * f + 2 * block) + PackedFloats(block) +
                                PanelFloats(block) + RowPanelFloats(block, block);
  estimate->host_bytes += 4 * f * (f + block) + NumThreads() * 4 * thread_floats;
  if (BlockBasis::Takes(1, block)) {
    estimate->host_bytes += BlockBasis::SharedBytes(std::max(shape.users, shape.items), f);
  }
}

}  // namespace

CostEstimate EstimateIalsCpu(const IalsConfig& asked, int64_t users, int64_t items,
                             int64_t entries) {
  IalsConfig config = asked;
  Settle(config, users, items, entries);
  const int64_t f = config.factors;
  Shape shape;
  shape.users = users;
  shape.items = items;
  shape.factors = static_cast<double>(f);
  shape.rows = static_cast<double>(users + items);
  shape.entries = 2 * static_cast<double>(entries);
  CostEstimate estimate;
  const int64_t matrix_bytes = 2 * entries * 8 + (users + items + 2) * 8;
  // The Gramian is summed from partial ones.
  estimate.host_bytes = matrix_bytes + 4 * (users + items) * f + 17 * 4 * PackedFloats(f);
  estimate.Add({"gramian", shape.rows * shape.factors * (shape.factors + 1), shape.written()});
  if (config.solver == "cg") {
    AddCg(shape, f, config.cg_steps, &estimate);
  } else if (config.solver == "ialspp") {
    AddIalspp(shape, f, IalsBlockSize(config), &estimate);
  } else {
    AddCholesky(shape, f, &estimate);
  }
  return estimate;
}

}  // namespace tidewright
