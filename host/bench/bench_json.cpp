#include <exception>
#include <nlohmann/json.hpp>

#include "host/bench/bench_report.h"
#include "host/core/atomic_file.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kBenchFormat = "tidewright-bench";
constexpr int kBenchFormatVersion = 1;

Json OrNull(double value) { return value > 0 ? Json(value) : Json(); }

Json PhaseJson(const BenchResult& result, const CostPhase& phase) {
  return {{"name", phase.name},
          {"flops", phase.flops},
          {"bytes", phase.bytes},
          {"arithmetic", phase.arithmetic},
          {"floor_seconds", result.FloorSeconds(phase)}};
}

Json KernelJson(const BenchResult& result, const KernelTime& kernel) {
  double flops = 0;
  double bytes = 0;
  for (const CostPhase& phase : kernel.costs) {
    flops += phase.flops;
    bytes += phase.bytes;
  }
  const double floor = result.FloorSeconds(kernel);
  return {{"name", kernel.name},
          {"launches", kernel.launches},
          {"seconds", kernel.seconds},
          {"flops", flops},
          {"bytes", bytes},
          {"floor_seconds", floor},
          {"roofline_share", floor / kernel.seconds}};
}

Json ResultJson(const BenchResult& result) {
  Json phases = Json::array();
  for (const CostPhase& phase : result.cost.phases) phases.push_back(PhaseJson(result, phase));
  Json kernels = Json::array();
  for (const KernelTime& kernel : result.kernels) kernels.push_back(KernelJson(result, kernel));
  const double median = result.seconds.median;
  return {{"factors", result.factors},
          {"solver", result.solver},
          {"solver_used", result.solver_used},
          {"config", result.config},
          {"seconds",
           {{"median", median},
            {"low_quartile", result.seconds.low},
            {"high_quartile", result.seconds.high},
            {"min", result.seconds.min},
            {"max", result.seconds.max}}},
          {"flops", result.cost.flops_per_epoch},
          {"bytes", result.cost.bytes_per_epoch},
          {"flops_per_second", result.cost.flops_per_epoch / median},
          {"bytes_per_second", result.cost.bytes_per_epoch / median},
          {"phases", phases},
          {"kernels", kernels},
          {"ceilings",
           {{"flops_per_second", result.ceilings.flops},
            {"bytes_per_second", result.ceilings.bandwidth},
            {"basis", result.ceilings.basis}}},
          {"roofline_seconds", result.FloorSeconds()},
          {"roofline_share", result.Share()},
          {"verification",
           {{"loss_difference", result.verification.loss},
            {"equation_residual", OrNull(result.verification.equations)},
            {"row_imbalance", OrNull(result.verification.balance)},
            {"twin_difference", OrNull(result.verification.twin)}}}};
}

Json ComparisonJson(const BenchComparison& comparison) {
  return {{"factors", comparison.factors},         {"solver", comparison.solver},
          {"old_seconds", comparison.old_seconds}, {"new_seconds", comparison.new_seconds},
          {"ratio", comparison.ratio()},           {"slower", comparison.slower}};
}

BenchResult ParseResult(const Json& json) {
  BenchResult result;
  json.at("factors").get_to(result.factors);
  json.at("solver").get_to(result.solver);
  for (const auto& [name, value] : json.at("config").items()) {
    result.config[name] = value.get<std::string>();
  }
  json.at("seconds").at("median").get_to(result.seconds.median);
  if (!(result.seconds.median > 0)) throw DataError("a median is not positive");
  return result;
}

BenchReport ParseReport(const Json& json) {
  if (json.at("format") != kBenchFormat || json.at("format_version") != kBenchFormatVersion) {
    throw DataError("its format is another one");
  }
  BenchReport report;
  json.at("device").at("name").get_to(report.device);
  json.at("device").at("model").get_to(report.facts.model);
  json.at("threads").get_to(report.threads);
  json.at("data").at("shape").get_to(report.shape);
  json.at("data").at("users").get_to(report.users);
  json.at("data").at("items").get_to(report.items);
  json.at("data").at("entries").get_to(report.entries);
  for (const Json& result : json.at("results")) report.results.push_back(ParseResult(result));
  return report;
}

}  // namespace

std::string ReportJson(const BenchReport& report, const std::vector<BenchComparison>& comparisons) {
  Json results = Json::array();
  for (const BenchResult& result : report.results) results.push_back(ResultJson(result));
  Json compared = Json::array();
  for (const BenchComparison& each : comparisons) compared.push_back(ComparisonJson(each));
  const Json json = {
      {"format", kBenchFormat},
      {"format_version", kBenchFormatVersion},
      {"benchmark", "ials"},
      {"version", report.version},
      {"commit", report.commit},
      {"device",
       {{"name", report.device},
        {"model", report.facts.model},
        {"description", report.description},
        {"target", report.target},
        {"clock_mhz", OrNull(report.facts.clock_mhz)},
        {"memory_clock_mhz", OrNull(report.facts.memory_clock_mhz)},
        {"driver", report.facts.driver.empty() ? Json() : Json(report.facts.driver)}}},
      {"threads", report.threads},
      {"data",
       {{"shape", report.shape},
        {"users", report.users},
        {"items", report.items},
        {"entries", report.entries}}},
      {"repeats", report.repeats},
      {"quick_look", report.repeats < kEnoughRepeats},
      {"results", results},
      {"comparison", compared}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

BenchReport ReadBaseline(const std::string& path) {
  try {
    return ParseReport(Json::parse(InputFile(path).ReadAll()));
  } catch (const std::exception& error) {
    throw DataError("--baseline " + path + ": " + error.what() +
                    "; expected a file that `tidewright bench … -o FILE` has written");
  }
}

}  // namespace tidewright
