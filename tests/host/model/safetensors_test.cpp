#include "host/model/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "host/core/errors.h"
#include "host/core/hash.h"
#include "host/core/random.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

std::string File(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes + header + data;
}

std::string ErrorOf(const std::string& path) {
  try {
    const SafetensorsReader reader{InputFile(path)};
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Safetensors, WritesWhatTheFormatSays) {
  const TempDirectory dir;
  const std::vector<float> numbers{1.0f, -2.5f};
  const std::vector<int64_t> offsets{0, 7};
  const WrittenFile written = WriteSafetensors(
      dir.File("a"),
      {ViewArray("numbers", {1, 2}, numbers.data()), ViewArray("zeros", {2}, offsets.data())},
      {{"kind", "test"}});
  std::string header =
      R"({"__metadata__":{"kind":"test"},"numbers":{"data_offsets":[16,24],"dtype":"F32",)"
      R"("shape":[1,2]},"zeros":{"data_offsets":[0,16],"dtype":"I64","shape":[2]}})";
  while (header.size() % 8 != 0) header += ' ';
  std::string data(24, '\0');
  std::memcpy(data.data(), offsets.data(), 16);
  std::memcpy(data.data() + 16, numbers.data(), 8);
  EXPECT_EQ(ReadWholeFile(dir.File("a")), File(header, data));
  EXPECT_EQ(written.bytes, static_cast<int64_t>(8 + header.size() + 24));
  EXPECT_EQ(written.checksum, HashFile(dir.File("a")));
}

TEST(Safetensors, EmptyArraysSideBySideKeepTheirOrder) {
  const TempDirectory dir;
  const float number = 1;
  const std::vector<ArrayView> arrays{
      ViewArray<uint8_t>("a", {0}, nullptr), ViewArray<int64_t>("b", {0}, nullptr),
      ViewArray<float>("c", {0, 3}, nullptr), ViewArray("d", {1}, &number)};
  const WrittenFile written = WriteSafetensors(dir.File("x"), arrays, {});
  const SafetensorsReader reader{InputFile(dir.File("x"))};
  EXPECT_EQ(reader.arrays(), written.arrays);
}

TEST(Safetensors, ReadsBackEveryTypeScalarsAndEmptyArrays) {
  const TempDirectory dir;
  const std::vector<double> doubles{0.1, std::numeric_limits<double>::quiet_NaN(), -0.0};
  const std::vector<int32_t> ints{-1, 5};
  const std::vector<char> bytes{'x', '\0', '\xff'};
  const int64_t scalar = INT64_MIN;
  const std::vector<ArrayView> arrays{
      ViewArray("d", {3}, doubles.data()), ViewArray("i", {2, 1}, ints.data()),
      ViewArray("b", {3}, bytes.data()), ViewArray("s", {}, &scalar),
      ViewArray("e", {0, 4}, ints.data())};
  WriteSafetensors(dir.File("a"), arrays, {});
  const SafetensorsReader reader{InputFile(dir.File("a"))};
  std::vector<double> d;
  std::vector<int32_t> i, e;
  std::vector<char> b;
  std::vector<int64_t> s;
  EXPECT_EQ(reader.Read("d", 1, &d), std::vector<int64_t>{3});
  EXPECT_EQ(reader.Read("i", 2, &i), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(reader.Read("b", 1, &b), std::vector<int64_t>{3});
  EXPECT_EQ(reader.Read("s", 0, &s), std::vector<int64_t>{});
  EXPECT_EQ(reader.Read("e", 2, &e), (std::vector<int64_t>{0, 4}));
  EXPECT_EQ(std::memcmp(d.data(), doubles.data(), 24), 0);
  EXPECT_EQ(i, ints);
  EXPECT_EQ(b, bytes);
  EXPECT_EQ(s, std::vector<int64_t>{scalar});
  EXPECT_TRUE(e.empty());
  EXPECT_EQ(reader.ArraysChecksum(), ArraysChecksum(arrays));
}

TEST(Safetensors, TheSameArraysInAnyOrderGiveTheSameBytes) {
  const TempDirectory dir;
  const std::vector<float> a{1, 2}, b{3};
  const std::vector<double> c{4};
  WriteSafetensors(
      dir.File("1"),
      {ViewArray("a", {2}, a.data()), ViewArray("b", {1}, b.data()), ViewArray("c", {1}, c.data())},
      {});
  WriteSafetensors(
      dir.File("2"),
      {ViewArray("c", {1}, c.data()), ViewArray("b", {1}, b.data()), ViewArray("a", {2}, a.data())},
      {});
  EXPECT_EQ(ReadWholeFile(dir.File("1")), ReadWholeFile(dir.File("2")));
}

TEST(Safetensors, RefusesHostileFilesNamingFileAndArray) {
  const std::string data(8, '\0');
  const std::string good = R"("dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  struct Case {
    std::string bytes;
    std::string expected;
  };
  std::string huge = File("{}", "");
  huge[6] = '\x7f';
  std::string deep = R"({"a":{"dtype":)";
  for (int i = 0; i < 100000; ++i) deep += '[';
  for (int i = 0; i < 100000; ++i) deep += ']';
  deep += R"(,"shape":[2],"data_offsets":[0,8]}})";
  std::string many = "{";
  for (int i = 0; i < 10'002; ++i) many += "\"" + std::to_string(i) + "\":0,";
  many.back() = '}';
  const std::vector<Case> cases{
      {"", "it has 0 bytes"},
      {File(many, data), "an object has more than 10000 names"},
      {"1234567", "it has 7 bytes"},
      {huge, "header: its declared length is"},
      {File("{}  ", "").substr(0, 10), "header: its declared length is 4"},
      {File("[1]", ""), "header: it does not begin with {"},
      {File("", ""), "header: it does not begin with {"},
      {File("{", ""), "header: no valid JSON"},
      {File("{}x", ""), "header: no valid JSON"},
      {File(R"({"a":{)" + good + R"(,"a":{)" + good + "}", data), "'a' stands twice"},
      {File(R"({"a":{"dtype":"F32",)" + good + "}", data), "'dtype' stands twice"},
      {File(R"({"a":7})", data), "a: no dtype in the header"},
      {File(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", data), "a: no shape in the header"},
      {File(R"({"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}})", data),
       "a: dtype \"BF16\" is not known"},
      {File(deep, data), "header: it nests deeper than 8 levels"},
      {File(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", data),
       "a: shape is wrong"},
      {File(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", data),
       "a: shape is wrong"},
      {File(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}})", data),
       "a: shape is wrong"},
      {File(R"({"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})", data), "a: shape is wrong"},
      {File(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", data),
       "a: its shape [3] does not fit its 8 bytes"},
      {File(R"({"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,8]}})", data),
       "does not fit"},
      {File(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}})", data),
       "a: data_offsets [0,16] are out of range"},
      {File(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", data), "out of range"},
      {File(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", data), "out of range"},
      {File(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", data),
       "a: its data begin at 4; expected 0"},
      {File(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", data),
       "it has 8 bytes of data; expected 4"},
      {File(R"({"a":{)" + good + R"(,"b":{)" + good + "}", data),
       "its data begin at 0; expected 8"},
      {File(R"({"__metadata__":{"a":1}})", ""), "__metadata__: it holds no text"},
      {File(R"({"__metadata__":[]})", ""), "__metadata__: it holds no text"},
  };
  const TempDirectory dir;
  for (const Case& hostile : cases) {
    WriteWholeFile(dir.File("f"), hostile.bytes);
    const std::string error = ErrorOf(dir.File("f"));
    EXPECT_NE(error.find(hostile.expected), std::string::npos)
        << error << " / " << hostile.expected;
    EXPECT_EQ(error.rfind(dir.File("f"), 0), 0u) << error;
    EXPECT_LT(error.size(), 400u);
  }
}

TEST(Safetensors, EveryCutAndManyDamagedBytesAreRefusedOrReadInBounds) {
  const TempDirectory dir;
  const std::vector<float> a{1, 2, 3};
  const std::vector<int64_t> b{4};
  WriteSafetensors(dir.File("good"), {ViewArray("a", {3}, a.data()), ViewArray("b", {1}, b.data())},
                   {{"k", "v"}});
  const std::string good = ReadWholeFile(dir.File("good"));
  for (size_t length = 0; length < good.size(); ++length) {
    WriteWholeFile(dir.File("f"), good.substr(0, length));
    EXPECT_NE(ErrorOf(dir.File("f")), "") << length;
  }
  for (uint64_t trial = 0; trial < 2000; ++trial) {
    std::string bad = good;
    const PhiloxDraw draw = Philox(7, 0, trial);
    bad[draw.word[0] % bad.size()] = static_cast<char>(draw.word[1]);
    bad[draw.word[2] % bad.size()] ^= static_cast<char>(1 << (draw.word[3] % 8));
    WriteWholeFile(dir.File("f"), bad);
    try {
      const SafetensorsReader reader{InputFile(dir.File("f"))};
      reader.ArraysChecksum();
      std::vector<float> out;
      reader.Read("a", 1, &out);
      EXPECT_EQ(out.size(), 3u);
    } catch (const DataError&) {
    }
  }
}

TEST(Safetensors, RefusesAnArrayOfAnotherTypeRankOrName) {
  const TempDirectory dir;
  const std::vector<float> a{1, 2};
  WriteSafetensors(dir.File("f"), {ViewArray("a", {2}, a.data())}, {});
  const SafetensorsReader reader{InputFile(dir.File("f"))};
  std::vector<double> doubles;
  std::vector<float> floats;
  const auto error_of = [&](auto* out, const std::string& name, size_t rank) {
    try {
      reader.Read(name, rank, out);
    } catch (const DataError& error) {
      return std::string(error.what()).substr(dir.File("f").size());
    }
    return std::string();
  };
  EXPECT_EQ(error_of(&doubles, "a", 1), ": a: it is F32; expected F64");
  EXPECT_EQ(error_of(&floats, "a", 2), ": a: it has 1 dimensions; expected 2");
  EXPECT_EQ(error_of(&floats, "b", 1),
            ": b: there is no such array; expected it among the file's arrays");
}

}  // namespace
}  // namespace tidewright
