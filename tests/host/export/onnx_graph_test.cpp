#include "host/export/onnx_graph.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

TEST(OnnxGraph, MoreBytesThanProtobufCountsAreRefusedBeforeTheFileIsOpened) {
  const TempDirectory files;
  const std::string path = files.File("model.onnx");
  const float first = 0;  // the array is a view and never read
  OnnxGraph graph("large");
  graph.Array("factors", &first, {int64_t{1} << 29}, nullptr);
  EXPECT_THROW(graph.Write(path), UsageError);
  EXPECT_TRUE(std::filesystem::is_empty(files.path()));
}

}  // namespace
}  // namespace tidewright
