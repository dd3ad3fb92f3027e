#include "cli/run_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>

#include "host/core/errors.h"

namespace tidewright {
namespace {

std::string Normal(std::string_view key) {
  std::string name(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string Where(const std::string& path, const toml::source_region& source) {
  return path + " line " + std::to_string(source.begin.line);
}

std::string ScalarText(const toml::node& node, const std::string& where) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number->get());
    return std::string(buffer, end.ptr);
  }
  throw UsageError(where + ": expected text, a number, true or false; put other values in quotes");
}

void Flatten(const std::string& path, const std::string& section, const toml::table& table,
             RunFile* file) {
  for (const auto& [key, node] : table) {
    const std::string where = Where(path, node.source());
    if (const toml::table* inner = node.as_table()) {
      if (!section.empty()) throw UsageError(where + ": a table within a table is not expected");
      Flatten(path, Normal(key.str()), *inner, file);
      continue;
    }
    RunFileKey entry{section, Normal(key.str()), {}, where};
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& element : *array) entry.values.push_back(ScalarText(element, where));
    } else {
      entry.values.push_back(ScalarText(node, where));
    }
    file->keys.push_back(std::move(entry));
  }
}

}  // namespace

RunFile ReadRunFile(const std::string& path) {
  RunFile file;
  try {
    Flatten(path, "", toml::parse_file(path), &file);
  } catch (const toml::parse_error& error) {
    if (error.source().begin.line == 0) throw IoError("cannot read " + path);
    throw UsageError(Where(path, error.source()) + ": " + std::string(error.description()));
  }
  return file;
}

}  // namespace tidewright
