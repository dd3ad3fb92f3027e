#include "tests/cli/refused_file.h"

namespace tidewright {
namespace {

class BadDataFile : public RefusedFile {};

TEST_P(BadDataFile, IsRefusedByInspect) { ExpectRefused({"inspect", path_}); }

TEST_P(BadDataFile, IsRefusedByTrainWhichWritesNothing) {
  ExpectRefused({"train", "ials", path_, "-o", directory_.File("model"), "--device", "cpu"});
}

INSTANTIATE_TEST_SUITE_P(All, BadDataFile, testing::ValuesIn(BadHdf5Files()),
                         [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace tidewright
