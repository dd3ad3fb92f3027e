#ifndef TIDEWRIGHT_HOST_TRAIN_ALGORITHMS_H_
#define TIDEWRIGHT_HOST_TRAIN_ALGORITHMS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/aligned.h"
#include "host/core/config.h"
#include "host/data/interactions.h"
#include "host/model/artifact.h"
#include "host/model/model.h"
#include "host/model/solver.h"

namespace tidewright {

// An algorithm with one configuration of it, as the jobs see it: none of them knows which it is.
class Algorithm {
 public:
  virtual ~Algorithm() = default;
  virtual std::string name() const = 0;
  virtual ConfigFields fields() = 0;  // of the configuration held here
  // Settles what the configuration leaves to be chosen by the shape of the data; returns one line
  // on it, nothing where nothing was open.
  virtual std::string Settle(int64_t users, int64_t items, int64_t entries) = 0;
  // Both throw DeviceError where the backend has no such algorithm.
  virtual std::unique_ptr<Solver> MakeSolver(const Backend& backend,
                                             const Interactions& data) const = 0;
  virtual CostEstimate Estimate(const Backend& backend, int64_t users, int64_t items,
                                int64_t entries) const = 0;
  // Vectors of users the model has not seen, rows.rows x factors; columns are the model's items.
  virtual AlignedVector<float> FoldIn(const Model& model, const CsrView& rows) const = 0;
  // What each entry of a row adds to the score of each item: items.size() x entries of the row.
  // They sum up to the score of the row folded in.
  virtual std::vector<double> Contributions(const Model& model, const CsrView& rows, int64_t row,
                                            const std::vector<int32_t>& items) const = 0;
};

struct AlgorithmEntry {
  std::string name;         // as on the command line and in the manifest
  std::string description;  // one line
  std::unique_ptr<Algorithm> (*make)();
};

// Every algorithm there is, one line each.
const std::vector<AlgorithmEntry>& Algorithms();

// The algorithm a model was trained with, configured as it was. Throws DataError where this program
// does not know it.
std::unique_ptr<Algorithm> AlgorithmOf(const Manifest& manifest);

// A field's value as a number; `otherwise` where the algorithm has no such field.
int64_t IntegerField(const ConfigFields& fields, const std::string& name, int64_t otherwise);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_ALGORITHMS_H_
