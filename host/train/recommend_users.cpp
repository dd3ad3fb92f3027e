#include "host/train/recommend_users.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "host/core/errors.h"
#include "host/core/split_text.h"

namespace tidewright {
namespace {

std::ifstream Open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError("cannot read", path, errno);
  return file;
}

void MarkItems(const std::string& path, const IdTable& items, uint8_t mark,
               std::vector<uint8_t>* flags, Progress& progress) {
  int64_t unknown = 0;
  std::string first;
  for (const std::string& id : ReadIdFile(path)) {
    const int64_t row = items.Find(id);
    if (row >= 0) {
      (*flags)[row] = mark;
    } else if (++unknown == 1) {
      first = id;
    }
  }
  if (unknown > 0) {
    progress.Warn(path + ": " + std::to_string(unknown) +
                  " items are not in the model and are ignored, the first is '" + first + "'");
  }
}

std::string IdText(const nlohmann::ordered_json& id) {
  if (id.is_string()) return id.get<std::string>();
  if (id.is_number_integer()) return id.dump();
  throw std::invalid_argument("an id is neither text nor a whole number");
}

}  // namespace

std::vector<std::string> ReadIdFile(const std::string& path) {
  std::ifstream file = Open(path);
  std::vector<std::string> ids;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) ids.push_back(line);
  }
  return ids;
}

std::vector<int32_t> ChooseUsers(const std::string& users, const IdTable& table) {
  std::vector<int32_t> rows;
  if (users == "all") {
    rows.resize(static_cast<size_t>(table.size()));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }
  std::error_code ignored;
  const bool is_file = std::filesystem::exists(users, ignored);
  for (const std::string& id : is_file ? ReadIdFile(users) : SplitAtCommas(users)) {
    const int64_t row = table.Find(id);
    if (row < 0) {
      throw DataError("--users: the model has no user '" + id + "'" +
                      (is_file ? ", which " + users + " names" : ", and there is no such file") +
                      "; users it has not seen come with --fold-in");
    }
    rows.push_back(static_cast<int32_t>(row));
  }
  return rows;
}

std::vector<uint8_t> DeniedItems(const std::string& allow_file, const std::string& deny_file,
                                 const IdTable& items, Progress& progress) {
  if (allow_file.empty() && deny_file.empty()) return {};
  std::vector<uint8_t> flags(static_cast<size_t>(items.size()), allow_file.empty() ? 0 : 1);
  if (!allow_file.empty()) MarkItems(allow_file, items, 0, &flags, progress);
  if (!deny_file.empty()) MarkItems(deny_file, items, 1, &flags, progress);
  return flags;
}

FoldInList ReadFoldInFile(const std::string& path, const IdTable& items, Progress& progress) {
  std::ifstream file = Open(path);
  FoldInList list;
  list.rows.cols = items.size();
  int64_t unknown = 0;
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line == "\r") continue;
    std::vector<int32_t> row;
    try {
      const nlohmann::ordered_json entry = nlohmann::ordered_json::parse(line);
      for (const nlohmann::ordered_json& item : entry.at("items")) {
        const int64_t column = items.Find(IdText(item));
        if (column >= 0) row.push_back(static_cast<int32_t>(column));
        unknown += column < 0;
      }
      list.users.Add(IdText(entry.at("user")));
    } catch (const std::exception&) {
      throw DataError(path + " line " + std::to_string(number) +
                      ": expected {\"user\":\"x\",\"items\":[\"a\",\"b\"]}");
    }
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    list.rows.ids.insert(list.rows.ids.end(), row.begin(), row.end());
    list.rows.offsets.push_back(static_cast<int64_t>(list.rows.ids.size()));
    ++list.rows.rows;
  }
  list.rows.values.assign(list.rows.ids.size(), 1.0f);
  if (unknown > 0) {
    progress.Warn(path + ": " + std::to_string(unknown) +
                  " items are not in the model and are ignored");
  }
  return list;
}

}  // namespace tidewright
