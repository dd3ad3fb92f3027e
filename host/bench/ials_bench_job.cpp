#include "host/bench/ials_bench_job.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/build_info.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/split_text.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/split.h"
#include "host/data/synthetic.h"

namespace tidewright {
namespace {

constexpr uint64_t kDataSeed = 1;
// Of LightGCN's split: what models are trained on.
constexpr int64_t kGowallaTrainingEntries = 810'128;

ConfigField FieldOf(IalsConfig& config, const std::string& name) {
  for (const ConfigField& field : FieldsOf(config)) {
    if (field.name == name) return field;
  }
  throw UsageError("iALS has no option " + name);
}

// One configuration a solver and dimension, checked as train checks them.
std::vector<IalsConfig> ConfigsOf(const IalsBenchRequest& request) {
  std::vector<IalsConfig> configs;
  for (const std::string& solver : SplitAtCommas(request.solver)) {
    for (const std::string& factors : SplitAtCommas(request.factors)) {
      IalsConfig& config = configs.emplace_back(request.config);
      SetField(FieldOf(config, "solver"), solver, "command line");
      SetField(FieldOf(config, "factors"), factors, "command line");
    }
  }
  if (configs.empty()) throw UsageError("--factors and --solver each need at least one value");
  return configs;
}

Interactions LoadShape(const std::string& name, Progress& progress) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(name, ignored)) {
    progress.Note("reading " + name);
    return Interactions::FromUserRows(
        PrepareInteractions(ReadDataset(name), ParseSplit("none"), {}).train);
  }
  if (name != "ml20m" && name != "gowalla") {
    throw UsageError("--shape is '" + name + "'; expected ml20m, gowalla or an HDF5 file" +
                     DidYouMean(name, {"ml20m", "gowalla"}));
  }
  SyntheticShape shape = NamedSyntheticShape(name);
  if (name == "gowalla") shape.entries = kGowallaTrainingEntries;
  progress.Note("making a matrix of the shape of " + name);
  return Interactions::FromUserRows(SyntheticInteractions(shape, kDataSeed));
}

Ceilings MeanOf(const Ceilings& a, const Ceilings& b) {
  Ceilings mean = a;
  for (auto& [arithmetic, flops] : mean.flops) flops = (flops + b.flops.at(arithmetic)) / 2;
  mean.bandwidth = (a.bandwidth + b.bandwidth) / 2;
  return mean;
}

std::map<std::string, std::string> TextsOf(IalsConfig config) {
  std::map<std::string, std::string> texts;
  for (const ConfigField& field : FieldsOf(config)) {
    if (field.name != "epochs") texts[field.name] = FieldText(field);
  }
  return texts;
}

void NoteVerification(const BenchResult& result, Progress& progress) {
  char text[160];
  const IalsVerification& found = result.verification;
  std::snprintf(text, sizeof(text), "verified %s, %lld factors: loss to %.1e",
                result.solver_used.c_str(), static_cast<long long>(result.factors), found.loss);
  std::string line = text;
  if (found.equations > 0) {
    std::snprintf(text, sizeof(text), ", equations to %.1e", found.equations);
    line += text;
  }
  if (found.balance > 0) {
    std::snprintf(text, sizeof(text), ", x^T A x and b^T x of items to %.1e", found.balance);
    line += text;
  }
  if (found.twin > 0) {
    std::snprintf(text, sizeof(text), ", the CPU's loss on a small matrix to %.1e", found.twin);
    line += text;
  }
  progress.Note(line);
}

BenchResult TimeOne(const Backend& backend, Meter& meter, const IalsConfig& asked,
                    const Interactions& data, int64_t repeats, Progress& progress) {
  IalsConfig config = asked;
  const std::string reason =
      Settle(config, data.by_user.rows, data.by_item.rows, data.by_user.nnz());
  if (!reason.empty()) progress.Note(reason);
  BenchResult result;
  result.factors = asked.factors;
  result.solver = asked.solver;
  result.solver_used = config.solver;
  result.config = TextsOf(asked);
  result.cost =
      backend.estimate_ials(config, data.by_user.rows, data.by_item.rows, data.by_user.nnz());
  VerifyTwin(backend, config, &result.verification);
  const std::unique_ptr<Solver> solver = backend.make_ials(config, data);
  const StopFlag never;
  const double loss = solver->RunEpoch(never).loss;
  VerifyModel(backend, config, data, std::get<FactorModel>(solver->Snapshot()), loss,
              &result.verification);
  NoteVerification(result, progress);
  const Ceilings before = meter.MeasureCeilings();
  std::vector<double> seconds;
  for (int64_t repeat = 0; repeat < repeats; ++repeat) {
    progress.Step("timing " + config.solver + ", " + std::to_string(config.factors) + " factors",
                  repeat, repeats, "epochs");
    meter.FlushCaches();
    seconds.push_back(meter.Seconds([&] { solver->RunEpoch(never); }));
  }
  result.seconds = QuartilesOf(std::move(seconds));
  result.kernels = solver->TimeKernels();
  result.ceilings = MeanOf(before, meter.MeasureCeilings());
  return result;
}

}  // namespace

ConfigFields FieldsOf(IalsBenchRequest& request) {
  IalsConfig config;
  std::string solvers;
  for (const std::string& choice : FieldOf(config, "solver").choices) {
    solvers += (solvers.empty() ? "" : ", ") + choice;
  }
  return {
      {"shape",
       &request.shape,
       "ml20m or gowalla, a made-up matrix of that shape, or an HDF5 file",
       0,
       0,
       {}},
      {"factors", &request.factors, "latent dimensions, separated by commas", 0, 0, {}},
      {"solver", &request.solver, "one or more of " + solvers + "; commas between", 0, 0, {}},
      {"device", &request.device, "auto, cpu, cuda or cuda:N", 0, 0, {}},
      {"repeats",
       &request.repeats,
       "epochs timed of each; fewer than 20 are a quick look",
       1,
       1e6,
       {}},
  };
}

ConfigFields CommonFieldsOf(IalsBenchRequest& request) {
  ConfigFields fields = FieldsOf(request.config);
  std::erase_if(fields, [](const ConfigField& field) {
    return field.name == "factors" || field.name == "solver" || field.name == "epochs";
  });
  return fields;
}

BenchReport RunIalsBench(const IalsBenchRequest& request, Progress& progress) {
  const std::vector<IalsConfig> configs = ConfigsOf(request);
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  progress.Note("device: " + reason);
  const Interactions data = LoadShape(request.shape, progress);
  const std::unique_ptr<Meter> meter = backend.make_meter();
  BenchReport report;
  report.version = BuildVersion();
  report.commit = BuildCommit();
  report.device = backend.name;
  report.description = backend.description;
  report.target = backend.target;
  report.facts = meter->Facts();
  report.threads = NumThreads();
  report.shape = request.shape;
  report.users = data.by_user.rows;
  report.items = data.by_item.rows;
  report.entries = data.by_user.nnz();
  report.repeats = request.repeats;
  for (const IalsConfig& config : configs) {
    report.results.push_back(TimeOne(backend, *meter, config, data, request.repeats, progress));
  }
  return report;
}

}  // namespace tidewright
