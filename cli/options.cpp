#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "host/core/errors.h"
#include "host/core/split_text.h"

extern char** environ;

namespace tidewright {
namespace {

const std::string kPrefix = "TIDEWRIGHT_";

std::string ValueName(const ConfigField& field) {
  if (!field.choices.empty()) {
    std::string names;
    for (const std::string& choice : field.choices) names += (names.empty() ? "" : "|") + choice;
    return names;
  }
  if (std::holds_alternative<double*>(field.target)) return "NUMBER";
  return std::holds_alternative<std::string*>(field.target) ? "TEXT" : "N";
}

std::string HelpText(const ConfigField& field) {
  const std::string standard = FieldText(field);
  return standard.empty() ? field.help : field.help + " [" + standard + "]";
}

// The parser only collects: values are set by Resolve, once every source is known.
template <class T>
void KeepResults(const T&) {}

std::string VariableOf(const ConfigField& field) {
  return VariableName(field.variable.empty() ? field.name : field.variable);
}

}  // namespace

std::string VariableName(const std::string& option) {
  std::string name = kPrefix;
  for (const char c : option) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

void OptionTable::Add(CLI::App& app, const ConfigFields& fields, const std::string& group,
                      const std::string& section) {
  for (const ConfigField& field : fields) {
    const std::string shorthand = field.name.size() == 1 ? "-" + field.name + "," : "";
    const std::string flag = shorthand + "--" + field.name;
    CLI::Option* option = nullptr;
    if (std::holds_alternative<bool*>(field.target)) {
      option = app.add_flag(flag, field.help);
    } else {
      option =
          app.add_option_function<std::string>(flag, KeepResults<std::string>, HelpText(field));
      option->type_name(ValueName(field));
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
    option->group(group);
    entries_.push_back({&app, option, field, nullptr, section});
  }
}

void OptionTable::AddList(CLI::App& app, const std::string& name, const std::string& value_name,
                          std::vector<std::string>* target, const std::string& help,
                          const std::string& group) {
  CLI::Option* option = app.add_option_function<std::vector<std::string>>(
      "--" + name, KeepResults<std::vector<std::string>>, help);
  option->type_name(value_name);
  option->group(group);
  option->expected(1)->allow_extra_args(false);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  entries_.push_back(
      {&app, option, {name, static_cast<bool*>(nullptr), help, 0, 0, {}}, target, ""});
}

void OptionTable::Resolve(const RunFile& run_file) const {
  RefuseUnknownKeys(run_file);
  for (const Entry& entry : entries_) {
    if (IsActive(entry)) Set(entry, run_file);
  }
}

bool OptionTable::IsActive(const Entry& entry) {
  return entry.app->parsed() || entry.app->get_parent() == nullptr;
}

bool OptionTable::FlagGiven(const std::string& name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.field.name == name && IsActive(entry) && entry.option->count() > 0;
  });
}

void OptionTable::Set(const Entry& entry, const RunFile& run_file) const {
  const std::string& name = entry.field.name;
  const std::string variable = VariableOf(entry.field);
  const char* value = std::getenv(variable.c_str());
  if (entry.option->count() == 0 && FlagGiven(name)) return;
  if (entry.list != nullptr) {
    if (entry.option->count() > 0) {
      *entry.list = entry.option->results();
    } else if (value != nullptr) {
      *entry.list = SplitAtCommas(value);
    } else {
      for (const RunFileKey& key : run_file.keys) {
        if (key.section == name && key.values.size() == 1) {
          entry.list->push_back(key.name + "=" + key.values[0]);
        }
        if (key.section.empty() && key.name == name) *entry.list = key.values;
      }
    }
    return;
  }
  if (entry.option->count() > 0) {
    SetField(entry.field, entry.option->results().back(), "command line");
    return;
  }
  if (value != nullptr) {
    SetField(entry.field, value, "environment variable " + variable);
    return;
  }
  for (const RunFileKey& key : run_file.keys) {
    if (key.name != name || !(key.section.empty() || key.section == entry.section)) continue;
    if (key.values.size() != 1) throw UsageError(key.where + ": '" + name + "' takes one value");
    SetField(entry.field, key.values[0], key.where);
  }
}

void OptionTable::RefuseUnknownKeys(const RunFile& run_file) const {
  for (const RunFileKey& key : run_file.keys) {
    std::vector<std::string> names;
    std::vector<std::string> sections;
    bool known = false;
    for (const Entry& entry : entries_) {
      const bool in_section = key.section.empty() || entry.section == key.section;
      known = known || (in_section && entry.field.name == key.name) ||
              (entry.list != nullptr && entry.field.name == key.section);
      if (in_section) names.push_back(entry.field.name);
      if (!entry.section.empty()) sections.push_back(entry.section);
      if (entry.list != nullptr) sections.push_back(entry.field.name);
    }
    if (known) continue;
    if (names.empty()) {
      throw UsageError(key.where + ": unknown table [" + key.section + "]" +
                       DidYouMean(key.section, sections));
    }
    throw UsageError(key.where + ": unknown key '" + key.name + "'" + DidYouMean(key.name, names));
  }
}

std::vector<std::string> OptionTable::UnknownVariables() const {
  std::vector<std::string> known;
  for (const Entry& entry : entries_) {
    known.push_back(VariableOf(entry.field).substr(kPrefix.size()));
  }
  std::vector<std::string> unknown;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (text.rfind(kPrefix, 0) != 0) continue;
    const std::string name = text.substr(kPrefix.size(), text.find('=') - kPrefix.size());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    // Others may use the prefix for purposes of their own: only what looks misspelt is named.
    const std::string nearest = NearestName(name, known);
    if (nearest.empty()) continue;
    unknown.push_back("environment variable " + kPrefix + name + " is not used, did you mean " +
                      kPrefix + nearest + "?");
  }
  return unknown;
}

}  // namespace tidewright
