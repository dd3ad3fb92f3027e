#ifndef TIDEWRIGHT_HOST_MODEL_TABLE_PROBLEM_H_
#define TIDEWRIGHT_HOST_MODEL_TABLE_PROBLEM_H_

#include "host/data/feature_table.h"
#include "host/model/model.h"

namespace tidewright {

// What a classifier is trained on: a labelled table that CheckTrainable accepted. The solver takes
// it over, so that columns can go as soon as they are encoded.
struct TableProblem {
  FeatureTable train;
  const Model* start = nullptr;  // a model of the same columns to go on from; need not outlive the
                                 // solver's making
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_TABLE_PROBLEM_H_
