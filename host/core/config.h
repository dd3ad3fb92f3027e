#ifndef TIDEWRIGHT_HOST_CORE_CONFIG_H_
#define TIDEWRIGHT_HOST_CORE_CONFIG_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tidewright {

// One option of an algorithm. Command-line flags, environment variables, the TOML file and the
// manifest are all generated from an algorithm's list of these; the default is what the config
// struct was constructed with.
struct ConfigField {
  std::string name;  // as on the command line without the dashes: "unobserved-weight"
  std::variant<int*, int64_t*, double*, bool*, std::string*> target;
  std::string help;
  double min = 0;  // numbers: the closed range accepted
  double max = 0;
  std::vector<std::string> choices;  // strings: what is accepted; empty: anything
  // In place of the name where another algorithm's option has the same one and means something
  // else.
  std::string variable = {};
  // Set to true by SetField, where this is not null: tells a default from the same value given.
  bool* given = nullptr;
};

using ConfigFields = std::vector<ConfigField>;

// Sets a field from text, as a flag or an environment variable has it. Throws UsageError naming
// `source`, the field, the text and what is accepted.
void SetField(const ConfigField& field, const std::string& text, const std::string& source);

// The value as text that SetField reads back to the same value (shortest round-trip form for
// numbers).
std::string FieldText(const ConfigField& field);

// Throws UsageError where a value is out of its range or not among the choices.
void CheckFields(const ConfigFields& fields, const std::string& source);

// The candidate nearest to `word` by edit distance, for "did you mean"; empty where none is near.
std::string NearestName(const std::string& word, const std::vector<std::string>& candidates);

// ", did you mean 'x'?" or nothing.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_CONFIG_H_
