// export --format ndjson --data LOG.h5 --item-columns: columns of the log in the documents of
// items.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "host/core/id_hash.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Document = nlohmann::ordered_json;

// Columns of every type beside the titles: whole numbers that no float holds, doubles, floats,
// texts; some of each missing. `vector` is called as a field of every document.
constexpr char kAddColumns[] =
    "import sys, h5py, numpy\n"
    "rows = numpy.arange(30)\n"
    "with h5py.File(sys.argv[1], 'a') as file:\n"
    "    file['items/ean'] = 4006381333000 + rows\n"
    "    file['items/price'] = numpy.where(rows % 7 == 3, numpy.nan, rows + 0.1)\n"
    "    file['items/weight'] = (rows / 2).astype(numpy.float32)\n"
    "    file['items/shelf'] = ['' if row % 5 == 4 else f'Sh\"elf {row}' for row in rows]\n"
    "    file['items/vector'] = rows\n";
// Leaves out the first items, and has the others in the opposite order.
constexpr char kShorten[] =
    "import sys, h5py\n"
    "with h5py.File(sys.argv[1]) as old, h5py.File(sys.argv[2], 'w') as new:\n"
    "    for name in ('id', 'shelf', 'price'):\n"
    "        new['items/' + name] = old['items/' + name][int(sys.argv[3]):][::-1]\n";

class ItemColumns : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteShop(log_);
    const CliResult added = RunProgram({"/usr/bin/python3", "-c", kAddColumns, log_});
    ASSERT_EQ(added.exit_code, 0) << added.err;
    const CliResult trained = TrainShop(log_, model_);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }

  CliResult Export(const std::vector<std::string>& more, const std::string& format = "ndjson") {
    std::filesystem::remove_all(out_);
    std::vector<std::string> arguments{"export", model_, "--format", format, "-o", out_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }
  CliResult ExportColumns(const std::string& columns, const std::vector<std::string>& more = {}) {
    std::vector<std::string> options{"--data", log_, "--item-columns", columns};
    options.insert(options.end(), more.begin(), more.end());
    return Export(options);
  }
  std::vector<Document> Read(const std::string& name) const {
    std::vector<Document> lines;
    for (const std::string& line : Lines(ReadWholeFile(out_ + "/" + name))) {
      lines.push_back(Document::parse(line));
    }
    return lines;
  }
  // The documents of the engines, which must hold the same; by item.
  std::map<std::string, Document> Documents() const {
    const std::vector<Document> bulk = Read("bulk.ndjson");
    const std::vector<Document> puts = Read("vespa.jsonl");
    EXPECT_EQ(bulk.size(), 2 * puts.size());
    std::map<std::string, Document> documents;
    for (size_t row = 0; row < puts.size(); ++row) {
      Document fields = puts[row]["fields"];
      fields["vector"] = fields["vector"]["values"];
      EXPECT_EQ(fields, bulk[2 * row + 1]);
      documents[fields["item"].get<std::string>()] = fields;
    }
    return documents;
  }
  void ExpectRefused(const CliResult& refused, int exit_code, const std::string& why) {
    EXPECT_EQ(refused.exit_code, exit_code) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(why));
    EXPECT_EQ(Lines(refused.err).size(), 1u) << refused.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  }

  TempDirectory dir_;
  std::string log_ = dir_.File("log.h5");
  std::string model_ = dir_.File("model");
  std::string out_ = dir_.File("out");
};

TEST_F(ItemColumns, StandInTheDocumentsAsTheyStandInTheLog) {
  const CliResult exported = ExportColumns("shelf,ean,price,weight");
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const std::map<std::string, Document> documents = Documents();
  ASSERT_EQ(documents.size(), 30u);
  for (int row = 0; row < 30; ++row) {
    const Document& document = documents.at("i" + std::to_string(row));
    EXPECT_EQ(document["name"], "Lamp \"No. " + std::to_string(row) + "\"");
    EXPECT_EQ(document["ean"].dump(), std::to_string(4006381333000 + row));
    EXPECT_EQ(document["weight"], row / 2.0);
    EXPECT_TRUE(document["weight"].is_number_float());  // one type in every document
    EXPECT_EQ(document.contains("price"), row % 7 != 3);
    if (document.contains("price")) {
      EXPECT_EQ(document["price"], row + 0.1);
    }
    EXPECT_EQ(document.contains("shelf"), row % 5 != 4);
    if (document.contains("shelf")) {
      EXPECT_EQ(document["shelf"], "Sh\"elf " + std::to_string(row));
    }
  }
  EXPECT_THAT(
      ReadWholeFile(out_ + "/README.md"),
      HasSubstr("- Documents hold columns of the items as the log has them: \"shelf\" "
                "(text), \"ean\" (numbers), \"price\" (numbers), \"weight\" (numbers). What "
                "is missing is left out.\n"));
  EXPECT_THAT(exported.err, Not(HasSubstr("lacks")));
}

TEST_F(ItemColumns, AreNotThereWithoutTheOption) {
  ASSERT_EQ(Export({}).exit_code, 0);
  const std::vector<std::string> own = {"item", "name", "vector"};
  for (const auto& [item, document] : Documents()) {
    std::vector<std::string> keys;
    for (const auto& field : document.items()) keys.push_back(field.key());
    EXPECT_EQ(keys, own);
  }
}

TEST_F(ItemColumns, AllAreAllButThoseThatDocumentsHaveAnyway) {
  const CliResult exported = ExportColumns("all");
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_THAT(exported.err, HasSubstr("the column 'vector' of " + log_ + " is left out"));
  std::set<std::string> keys;
  for (const auto& [item, document] : Documents()) {
    EXPECT_EQ(document["vector"].size(), 8u);
    for (const auto& field : document.items()) keys.insert(field.key());
  }
  EXPECT_EQ(keys, (std::set<std::string>{"ean", "item", "name", "price", "shelf", "title", "vector",
                                         "weight"}));
}

TEST_F(ItemColumns, MeetHashedIdsAndStayAsTheyAre) {
  ASSERT_EQ(ExportColumns("ean", {"--hash-ids", "a salt"}).exit_code, 0);
  const std::map<std::string, Document> documents = Documents();
  for (int row = 0; row < 30; ++row) {
    const std::string id = HashedId(IdKind::kItem, "i" + std::to_string(row), "a salt");
    EXPECT_EQ(documents.at(id)["ean"], 4006381333000 + row);
  }
  EXPECT_THAT(ReadWholeFile(out_ + "/README.md"), HasSubstr("Hashing ids changes nothing in them"));
}

TEST_F(ItemColumns, OfItemsThatTheLogLacksAreLeftOut) {
  const std::string shorter = dir_.File("shorter.h5");
  const CliResult made = RunProgram({"/usr/bin/python3", "-c", kShorten, log_, shorter, "12"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const CliResult exported = Export({"--data", shorter, "--item-columns", "shelf,price"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_THAT(exported.err,
              HasSubstr("warning: " + shorter + " lacks 12 of the 30 items of the model"));
  EXPECT_THAT(ReadWholeFile(out_ + "/README.md"),
              HasSubstr("12 of the 30 items of the model are not in that log"));
  const std::map<std::string, Document> documents = Documents();
  ASSERT_EQ(documents.size(), 30u);
  for (int row = 0; row < 30; ++row) {
    const Document& document = documents.at("i" + std::to_string(row));
    EXPECT_EQ(document.contains("shelf"), row >= 12 && row % 5 != 4) << row;
    EXPECT_EQ(document.value("price", -1.0), row >= 12 && row % 7 != 3 ? row + 0.1 : -1.0);
  }
}

TEST_F(ItemColumns, ThatCannotBeWrittenAreRefusedInOneLine) {
  ExpectRefused(ExportColumns("shelf,prise"), 2,
                "has no column 'prise' of items, did you mean 'price'?");
  for (const std::string own : {"item", "name", "vector"}) {
    ExpectRefused(ExportColumns(own), 2, "documents have a field '" + own + "' of their own");
  }
  ExpectRefused(ExportColumns("shelf,price,shelf"), 2, "--item-columns names 'shelf' twice");
  ExpectRefused(ExportColumns(","), 2, "expected names of columns with commas between, or all");
  ExpectRefused(Export({"--item-columns", "shelf"}), 2, "--data LOG.h5");
  ExpectRefused(Export({"--data", log_}), 2, "name those to write with --item-columns a,b");
  ExpectRefused(ExportColumns("shelf", {"--at", "latest"}), 2, "--at is for the customers");
  ExpectRefused(Export({"--data", log_, "--item-columns", "shelf"}, "faiss"), 2,
                "--item-columns is for the items of a recommender in ndjson");
  ExpectRefused(Export({"--data", log_}, "faiss"), 2, "--data and --at are for formats that hold");
  ExpectRefused(Export({"--data", TelcoTable(), "--item-columns", "all"}), 3,
                "/items/id: is missing; expected the ids of the items");
  ExpectRefused(Export({"--data", dir_.File("none.h5"), "--item-columns", "all"}), 5, "none.h5");
  const std::string other = dir_.File("other.h5");
  const CliResult made =
      RunProgram({"/usr/bin/python3", "-c",
                  "import sys, h5py\n"
                  "with h5py.File(sys.argv[1], 'w') as file:\n"
                  "    file['items/id'], file['items/shelf'] = ['a', 'b'], ['A', 'B']\n",
                  other});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  ExpectRefused(Export({"--data", other, "--item-columns", "all"}), 3,
                "it has none of the 30 items of the model");
}

TEST_F(ItemColumns, OfAChurnModelAreRefused) {
  const CliResult trained = RunCli({"train", "logistic", TelcoTable(), "-o", model_});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  ExpectRefused(Export({"--data", TelcoTable(), "--item-columns", "all"}), 2,
                "--item-columns is for the items of a recommender in ndjson");
}

}  // namespace
}  // namespace tidewright
