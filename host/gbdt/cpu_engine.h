#ifndef TIDEWRIGHT_HOST_GBDT_CPU_ENGINE_H_
#define TIDEWRIGHT_HOST_GBDT_CPU_ENGINE_H_

#include <memory>
#include <vector>

#include "host/gbdt/gbdt.h"
#include "host/gbdt/tree_engine.h"

namespace tidewright {

// What an engine is made from.
struct EngineInput {
  const GbdtConfig* config = nullptr;             // outlives the engine
  const std::vector<ColumnBins>* bins = nullptr;  // outlives the engine
  std::vector<int> directions;                    // monotone constraints
  BinnedTable table;
  std::vector<float> label;
  std::vector<float> weight;  // empty: each row counts 1
};

std::unique_ptr<TreeEngine> MakeCpuEngine(EngineInput input);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_CPU_ENGINE_H_
