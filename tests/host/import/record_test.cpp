#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <string>
#include <vector>

#include "host/core/errors.h"
#include "host/data/import/byte_source.h"
#include "host/data/import/delimited.h"
#include "host/data/import/interner.h"
#include "host/data/import/record_blocks.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using Records = std::vector<std::vector<std::string>>;

RecordBlock BlockOf(const std::string& text) {
  RecordBlock block;
  block.size = text.size();
  block.bytes = std::make_unique<char[]>(text.size() + RecordBlock::kPadding);
  std::memcpy(block.bytes.get(), text.data(), text.size());
  return block;
}

void Collect(RecordBlock block, char delimiter, bool quotes, Records* records) {
  RecordScanner scanner(block, delimiter, quotes);
  while (scanner.Next()) {
    records->emplace_back(scanner.fields().begin(), scanner.fields().end());
    if (scanner.error() != nullptr) records->back().push_back("!");
  }
}

Records Scan(const std::string& text, char delimiter = ',', bool quotes = true) {
  Records records;
  Collect(BlockOf(text), delimiter, quotes, &records);
  return records;
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string result(deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

std::string ReadAll(const std::string& path) {
  const auto source = OpenByteSource(path);
  std::string text(1 << 20, '\0');
  text.resize(source->Read(text.data(), text.size()));
  return text;
}

TEST(RecordScanner, SplitsPlainFields) {
  EXPECT_EQ(Scan("a,b,c\n1,,a longer field than a word\n"),
            (Records{{"a", "b", "c"}, {"1", "", "a longer field than a word"}}));
  EXPECT_EQ(Scan("a;b", ';'), (Records{{"a", "b"}}));
  EXPECT_EQ(Scan("a,"), (Records{{"a", ""}}));
}

TEST(RecordScanner, ReadsQuotedFields) {
  EXPECT_EQ(Scan("\"a,b\",\"7\"\" single\",\"\"\"\"\n\"two\nlines\",\"\",x\n"),
            (Records{{"a,b", "7\" single", "\""}, {"two\nlines", "", "x"}}));
  EXPECT_EQ(Scan("\"a\",\"b\"\r\n\"c\",\"d\"\r\n"), (Records{{"a", "b"}, {"c", "d"}}));
}

TEST(RecordScanner, TakesAQuoteInsideAPlainFieldAsItIs) {
  EXPECT_EQ(Scan("7\" single,b\n"), (Records{{"7\" single", "b"}}));
  EXPECT_EQ(Scan("\"a\"\tb\n", '\t', false), (Records{{"\"a\"", "b"}}));
}

TEST(RecordScanner, LeavesOutBlankLinesAndCarriageReturns) {
  EXPECT_EQ(Scan("a,b\r\n\r\n\nc,d\r\n\n"), (Records{{"a", "b"}, {"c", "d"}}));
}

TEST(RecordScanner, NamesMalformedRecords) {
  EXPECT_EQ(Scan("\"a\"b,c\nd,e\n"), (Records{{"a", "c", "!"}, {"d", "e"}}));
  EXPECT_EQ(Scan("a,\"b\nc,d\n"), (Records{{"a", "b\nc,d\n", "!"}}));
}

TEST(RecordScanner, CountsLinesInsideQuotes) {
  RecordBlock block = BlockOf("a\n\n\"b\nb\nb\"\nc\n");
  RecordScanner scanner(block, ',', true);
  std::vector<int64_t> lines;
  while (scanner.Next()) lines.push_back(scanner.line());
  EXPECT_THAT(lines, ElementsAre(0, 2, 5));
  EXPECT_EQ(scanner.lines_passed(), 6);
}

TEST(LastRecordEnd, IgnoresNewlinesInQuotes) {
  EXPECT_EQ(LastRecordEnd("a,b\nc,\"d\ne", ',', true), 4u);
  EXPECT_EQ(LastRecordEnd("a,\"b\nc\"\nd", ',', true), 8u);
  EXPECT_EQ(LastRecordEnd("a,\"b\"\"\n\"\nd", ',', true), 9u);
  EXPECT_EQ(LastRecordEnd("a 7\" b\nc", ',', true), 7u);
  EXPECT_EQ(LastRecordEnd("a,\"b\nc", ',', true), 0u);
  EXPECT_EQ(LastRecordEnd("a,\"b\nc", ',', false), 5u);
}

// Any block size gives the same records, wherever quotes and line breaks fall.
TEST(RecordBlockReader, CutsBlocksOfAnySizeAtRecordEnds) {
  const TempDirectory directory;
  std::string text = "\xef\xbb\xbfid|\"a \"\"quoted\"\"\nheader\"|x\r\n";
  for (int i = 0; i < 60; ++i) {
    text += std::to_string(i) + "|\"line " + std::to_string(i * 7919) + "\n\"\"|\"\"\"|5\"\r\n";
  }
  WriteWholeFile(directory.File("a.csv"), text);
  WriteWholeFile(directory.File("a.csv.gz"), Gzip(text));
  const Records expected = Scan(text.substr(3), '|');
  ASSERT_EQ(expected.size(), 61u);
  for (const char* name : {"a.csv", "a.csv.gz"}) {
    for (size_t block_bytes = 40; block_bytes < 400; block_bytes += 17) {
      RecordBlockReader reader(OpenByteSource(directory.File(name)), {0, true, block_bytes}, 2);
      EXPECT_EQ(reader.delimiter(), '|');
      Records records;
      while (auto block = reader.Next()) Collect(std::move(*block), '|', true, &records);
      EXPECT_EQ(records, expected) << name << " in blocks of " << block_bytes;
    }
  }
}

TEST(ByteSource, ReadsGzipMembersOneAfterTheOther) {
  const TempDirectory directory;
  WriteWholeFile(directory.File("two.gz"), Gzip("one ") + Gzip("two") + std::string(512, '\0'));
  EXPECT_EQ(ReadAll(directory.File("two.gz")), "one two");
}

TEST(ByteSource, RefusesDamagedAndForeignFiles) {
  const TempDirectory directory;
  const std::string whole = Gzip(std::string(10'000, 'x') + "end");
  std::string damaged = whole;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  const std::pair<const char*, std::string> kFiles[] = {
      {"cut.gz", whole.substr(0, whole.size() - 9)},
      {"damaged.gz", damaged},
      {"a.zst", std::string("\x28\xb5\x2f\xfd....")},
      {"a.zip", "PK\x03\x04...."},
      {"utf16.csv", std::string("\xff\xfe"
                                "a\0b\0",
                                6)}};
  for (const auto& [name, bytes] : kFiles) {
    WriteWholeFile(directory.File(name), bytes);
    EXPECT_THROW(ReadAll(directory.File(name)), DataError) << name;
  }
  EXPECT_THROW(ReadAll(directory.File("nowhere")), IoError);
  EXPECT_THROW(ReadAll(directory.path()), IoError);
}

TEST(FindInvalidUtf8, KnowsWellFormedText) {
  const size_t npos = std::string::npos;
  EXPECT_EQ(FindInvalidUtf8("plain text that is longer than a word"), npos);
  EXPECT_EQ(FindInvalidUtf8("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x81"), npos);
  EXPECT_EQ(FindInvalidUtf8("12345678caf\xe9 au lait"), 11u);
  EXPECT_EQ(FindInvalidUtf8("\xc0\xaf"), 0u);          // overlong
  EXPECT_EQ(FindInvalidUtf8("a\xed\xa0\x80"), 1u);     // a surrogate
  EXPECT_EQ(FindInvalidUtf8("\xf4\x90\x80\x80"), 0u);  // beyond U+10FFFF
  EXPECT_EQ(FindInvalidUtf8("\xe2\x82"), 0u);          // cut off
  EXPECT_EQ(FindInvalidUtf8(std::string("12345678a\0b", 11)), 9u);
}

TEST(Latin1ToUtf8, ConvertsTheUpperHalf) {
  EXPECT_EQ(Latin1ToUtf8(BlockOf("caf\xe9 \xa3")).text(), "caf\xc3\xa9 \xc2\xa3");
}

TEST(Interner, GivesRowsInOrderOfAppearance) {
  Interner interner;
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(interner.Intern("id" + std::to_string(i)), i);
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(interner.Intern("id" + std::to_string(i)), i);
  EXPECT_EQ(interner.size(), 5000);
  const IdTable table = interner.Release();
  EXPECT_EQ(table[4321], "id4321");
  EXPECT_EQ(interner.size(), 0);
  EXPECT_EQ(interner.Intern("again"), 0);
}

TEST(TextVotes, TheMostFrequentTextWinsAndTheFirstOfEquals) {
  TextVotes votes;
  for (const char* text : {"seen first", "often", "", "often"}) votes.Add(0, text);
  for (const char* text : {"b", "a"}) votes.Add(2, text);
  TextVotes more;
  more.Add(0, "seen first", 2);
  EXPECT_THAT(votes.Winners(4), ElementsAre("often", "", "b", ""));
  votes.Merge(more, {2});
  EXPECT_THAT(votes.Winners(3), ElementsAre("often", "", "seen first"));
}

}  // namespace
}  // namespace tidewright
