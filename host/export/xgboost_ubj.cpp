#include "host/export/xgboost_ubj.h"

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "host/core/narrow_floats.h"

namespace tidewright {
namespace {

using UbjJson = nlohmann::ordered_json;

// The type of each array that XGBoost reads at once; elements of the others say their own.
char ElementTypeOf(const std::string& name) {
  static const std::map<std::string, char> types = {
      {"base_weights", 'd'},        {"loss_changes", 'd'},     {"split_conditions", 'd'},
      {"sum_hessian", 'd'},         {"categories", 'l'},       {"categories_nodes", 'l'},
      {"left_children", 'l'},       {"parents", 'l'},          {"right_children", 'l'},
      {"split_indices", 'l'},       {"offsets", 'l'},          {"feature_segments", 'l'},
      {"sorted_idx", 'l'},          {"categories_sizes", 'L'}, {"default_left", 'U'},
      {"categories_segments", 'L'}, {"split_type", 'U'}};
  const auto found = types.find(name);
  return found == types.end() ? '\0' : found->second;
}

void PutBytes(uint64_t value, int bytes, std::string* out) {
  for (int at = bytes - 1; at >= 0; --at) *out += static_cast<char>(value >> (8 * at) & 255);
}

void PutLength(size_t length, std::string* out) {
  *out += 'L';
  PutBytes(length, 8, out);
}

void PutNumber(const UbjJson& number, char type, std::string* out) {
  if (type == 'd') {
    PutBytes(BitsOfFloat(number.get<float>()), 4, out);
    return;
  }
  const auto value = static_cast<uint64_t>(number.get<int64_t>());
  PutBytes(value, type == 'L' ? 8 : type == 'l' ? 4 : 1, out);
}

void PutText(const std::string& text, std::string* out) {
  PutLength(text.size(), out);
  *out += text;
}

// `trees` is called where the value of "trees" stands; XGBoost's trees are the one list that is
// long.
template <class Trees>
void PutValue(const std::string& name, const UbjJson& value, const Trees& trees, std::string* out) {
  if (value.is_object()) {
    *out += '{';
    for (const auto& [key, inner] : value.items()) {
      PutText(key, out);
      if (key == "trees") {
        trees();
      } else {
        PutValue(key, inner, trees, out);
      }
    }
    *out += '}';
  } else if (value.is_array()) {
    const char type = ElementTypeOf(name);
    *out += '[';
    if (type != '\0') {
      *out += '$';
      *out += type;
    }
    *out += '#';
    PutLength(value.size(), out);
    for (const UbjJson& inner : value) {
      if (type != '\0') {
        PutNumber(inner, type, out);
      } else {
        PutValue("", inner, trees, out);
      }
    }
  } else if (value.is_string()) {
    *out += 'S';
    PutText(value.get<std::string>(), out);
  } else {
    const auto number = value.get<int64_t>();
    const bool small = number >= std::numeric_limits<int8_t>::min() &&
                       number <= std::numeric_limits<int8_t>::max();
    *out += small ? 'i' : 'L';
    PutBytes(static_cast<uint64_t>(number), small ? 1 : 8, out);
  }
}

}  // namespace

void WriteXgboostUbj(const XgboostDocument& document, PartialFile& file) {
  const auto no_trees = [] {};
  std::string out;
  const auto write_trees = [&] {
    out += "[#";
    PutLength(static_cast<size_t>(document.trees()), &out);
    for (int64_t tree = 0; tree < document.trees(); ++tree) {
      PutValue("", UbjJson::parse(document.Tree(tree)), no_trees, &out);
      if (out.size() < kFlushBytes) continue;
      file.Write(out);
      out.clear();
    }
  };
  PutValue("", UbjJson::parse(document.Head() + document.Tail()), write_trees, &out);
  file.Write(out);
}

}  // namespace tidewright
