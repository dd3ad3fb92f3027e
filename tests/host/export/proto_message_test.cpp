#include "host/export/proto_message.h"

#include <gtest/gtest.h>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using std::string_literals::operator""s;

TEST(ProtoMessage, IsTheWireFormat) {
  ProtoMessage message;
  message.Integer(1, 150);
  message.Text(2, "testing");
  message.Float(3, 1.0f);
  message.Integers(4, {3, 270, 86942});
  message.Integer(20, -1);
  EXPECT_EQ(message.Bytes(),
            "\x08\x96\x01\x12\x07testing\x1d\0\0\x80\x3f\x22\x06\x03\x8e\x02\x9e\xa7\x05"
            "\xa0\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
  EXPECT_EQ(message.size(), static_cast<int64_t>(message.Bytes().size()));
}

TEST(ProtoMessage, NestsViewsWithoutCopyingThem) {
  std::string data(1000, 'x');
  ProtoMessage inner;
  inner.Integer(1, 1);
  inner.View(2, data.data(), 1000);
  inner.View(3, data.data(), 0);
  inner.Integer(4, 2);
  ProtoMessage outer;
  outer.Message(5, std::move(inner));
  outer.Integer(6, 3);
  data[999] = 'y';
  const TempDirectory files;
  OutputFile file(files.File("x"));
  outer.Write(file);
  file.Commit();
  const std::string bytes = ReadWholeFile(files.File("x"));
  EXPECT_EQ(bytes, outer.Bytes());
  EXPECT_EQ(bytes, "\x2a\xf1\x07\x08\x01\x12\xe8\x07"s + data + "\x1a\0\x20\x02\x30\x03"s);
}

}  // namespace
}  // namespace tidewright
