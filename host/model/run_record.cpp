#include "host/model/run_record.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace tidewright {

using RunJson = nlohmann::ordered_json;

std::string RunRecordText(const RunRecord& run) {
  RunJson facts = RunJson::object();
  for (const auto& [name, text] : run.facts) facts[name] = text;
  RunJson json = {{"epoch_seconds", run.epoch_seconds}};
  for (const auto& [stage, seconds] : run.stage_seconds) json["stage_seconds"][stage] = seconds;
  json["facts"] = facts;
  return json.dump(2, ' ', false, RunJson::error_handler_t::replace) + "\n";
}

std::string RunFact(const std::string& directory, const std::string& name) {
  std::ifstream file(directory + "/" + kRunRecordName);
  const RunJson json = RunJson::parse(file, nullptr, false);
  if (!json.is_object() || !json.contains("facts") || !json["facts"].is_object()) return "";
  const RunJson& facts = json["facts"];
  return facts.contains(name) && facts[name].is_string() ? facts[name].get<std::string>() : "";
}

}  // namespace tidewright
