#ifndef TIDEWRIGHT_TESTS_CLI_SHOP_H_
#define TIDEWRIGHT_TESTS_CLI_SHOP_H_

#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {

// A shop of two tastes: users 0, 2, … buy even items, the others odd ones. Each of 40 users bought
// 9 of 30 items, one a day, and returned one more (signal cancel, weight -1). Items have titles.
void WriteShop(const std::string& path, int users = 40);

// The item a user of the shop returned.
std::string ReturnedItem(int user);

// Trains a small model of the shop at `log` into `artifact`, with further flags; what it said.
CliResult TrainShop(const std::string& log, const std::string& artifact,
                    const std::vector<std::string>& flags = {},
                    const std::vector<std::pair<std::string, std::string>>& environment = {});

// Each line parsed must be one of them: the messages, one a line.
std::vector<std::string> Lines(const std::string& text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_CLI_SHOP_H_
