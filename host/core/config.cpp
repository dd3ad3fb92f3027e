#include "host/core/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "host/core/errors.h"

namespace tidewright {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

std::string NumberText(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end.ptr);
}

std::string Accepted(const ConfigField& field) {
  return std::visit(Overload{[](const bool*) { return std::string("true or false"); },
                             [&](const std::string*) {
                               std::string list = "one of ";
                               for (const std::string& choice : field.choices) {
                                 if (list.size() > 7) list += ", ";
                                 list += choice;
                               }
                               return field.choices.empty() ? std::string("text") : list;
                             },
                             [&](const double*) {
                               return "a number from " + NumberText(field.min) + " to " +
                                      NumberText(field.max);
                             },
                             [&](const auto*) {
                               return "a whole number from " + NumberText(field.min) + " to " +
                                      NumberText(field.max);
                             }},
                    field.target);
}

[[noreturn]] void Refuse(const ConfigField& field, const std::string& text,
                         const std::string& source) {
  throw UsageError(source + ": --" + field.name + " is '" + text + "'; expected " +
                   Accepted(field));
}

bool InRange(const ConfigField& field, double value) {
  return std::isfinite(value) && value >= field.min && value <= field.max;
}

bool IsAccepted(const ConfigField& field) {
  return std::visit(
      Overload{[](const bool*) { return true; },
               [&](const std::string* text) {
                 return field.choices.empty() ||
                        std::find(field.choices.begin(), field.choices.end(), *text) !=
                            field.choices.end();
               },
               [&](const auto* number) { return InRange(field, static_cast<double>(*number)); }},
      field.target);
}

template <class T>
bool ParseAll(const std::string& text, T* value) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, *value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

}  // namespace

void SetField(const ConfigField& field, const std::string& text, const std::string& source) {
  const bool parsed = std::visit(
      Overload{[&](bool* flag) {
                 *flag = text == "true" || text == "1" || text == "yes" || text == "on";
                 return *flag || text == "false" || text == "0" || text == "no" || text == "off";
               },
               [&](std::string* value) {
                 *value = text;
                 return true;
               },
               [&](auto* number) { return ParseAll(text, number); }},
      field.target);
  if (!parsed || !IsAccepted(field)) Refuse(field, text, source);
  if (field.given != nullptr) *field.given = true;
}

std::string FieldText(const ConfigField& field) {
  return std::visit(Overload{[](const bool* flag) { return std::string(*flag ? "true" : "false"); },
                             [](const std::string* text) { return *text; },
                             [](const double* number) { return NumberText(*number); },
                             [](const auto* number) { return std::to_string(*number); }},
                    field.target);
}

void CheckFields(const ConfigFields& fields, const std::string& source) {
  for (const ConfigField& field : fields) {
    if (!IsAccepted(field)) Refuse(field, FieldText(field), source);
  }
}

std::string NearestName(const std::string& word, const std::vector<std::string>& candidates) {
  std::string nearest;
  size_t best = std::max<size_t>(word.size() / 2, 2) + 1;
  for (const std::string& candidate : candidates) {
    std::vector<size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= word.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= candidate.size(); ++j) {
        const size_t substituted = diagonal + (word[i - 1] != candidate[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
      }
    }
    if (row.back() < best) {
      best = row.back();
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string nearest = NearestName(word, candidates);
  return nearest.empty() ? "" : ", did you mean '" + nearest + "'?";
}

}  // namespace tidewright
