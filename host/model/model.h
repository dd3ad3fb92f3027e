#ifndef TIDEWRIGHT_HOST_MODEL_MODEL_H_
#define TIDEWRIGHT_HOST_MODEL_MODEL_H_

#include <cstdint>
#include <variant>

#include "host/core/aligned.h"
#include "host/model/bgnbd_model.h"
#include "host/model/hazard_model.h"
#include "host/model/linear_model.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// Latent factors: score(u, i) = <user_factors[u], item_factors[i]>.
struct FactorModel {
  int64_t users = 0;
  int64_t items = 0;
  int64_t factors = 0;
  AlignedVector<float> user_factors;  // users x factors, row-major
  AlignedVector<float> item_factors;  // items x factors, row-major
  AlignedVector<float>
      item_gramian;  // factors x factors, symmetric: item_factors^T item_factors; fold-in needs it
};

// Every kind of model, as plain data. Writers visit it without a catch-all: a new kind does not
// compile until each of them can write it.
using Model = std::variant<FactorModel, TreeEnsemble, LinearModel, BgnbdModel, HazardModel>;

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_MODEL_H_
