#include "tests/cli/shop.h"

#include <sstream>

#include "host/core/time.h"
#include "host/data/dataset.h"
#include "host/data/hdf5/dataset_file.h"

namespace tidewright {
namespace {

constexpr int kItems = 30;
constexpr int kBought = 9;

int ItemOf(int user, int step) { return (user % 2 + 2 * ((user * 7 + step * 4) % 15)) % kItems; }

std::string Name(char kind, int number) {
  std::string name(1, kind);
  name += std::to_string(number);
  return name;
}

}  // namespace

void WriteShop(const std::string& path, int users) {
  Dataset shop;
  EventLog log;
  log.signal_names = {"purchase", "cancel"};
  log.default_signal_weights = {1, -1};
  std::vector<std::string> titles;
  for (int item = 0; item < kItems; ++item) {
    shop.items.Add(Name('i', item));
    titles.push_back("Lamp \"No. " + std::to_string(item) + "\"");
  }
  shop.item_columns.push_back({"title", titles});
  for (int user = 0; user < users; ++user) {
    shop.users.Add(Name('u', user));
    for (int step = 0; step <= kBought; ++step) {
      log.user.push_back(user);
      log.item.push_back(ItemOf(user, step));
      log.timestamp.push_back((15000 + step) * kMicrosPerDay);
      log.signal.push_back(step == 0 ? 1 : 0);
      log.value.push_back(1);
    }
  }
  shop.log = log;
  WriteEventLog(path, shop, true);
}

std::string ReturnedItem(int user) { return Name('i', ItemOf(user, 0)); }

CliResult TrainShop(const std::string& log, const std::string& artifact,
                    const std::vector<std::string>& flags,
                    const std::vector<std::pair<std::string, std::string>>& environment) {
  std::vector<std::string> arguments{"train",     "ials", log,        "-o", artifact,
                                     "--factors", "8",    "--epochs", "3"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return RunCli(arguments, environment);
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace tidewright
