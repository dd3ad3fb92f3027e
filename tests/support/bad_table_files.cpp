#include "tests/support/bad_table_files.h"

#include <limits>
#include <utility>

namespace tidewright {
namespace {

constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();
constexpr float kEndless = std::numeric_limits<float>::infinity();

// The good table, changed.
BadFile Changed(std::string name, std::string dataset, std::optional<int64_t> row, std::string what,
                std::function<void(Hdf5Builder*)> change) {
  return {std::move(name),
          [change = std::move(change)](const std::string& path) {
            Hdf5Builder builder(path);
            BuildGoodTable(&builder);
            change(&builder);
          },
          std::move(dataset), row, std::move(what)};
}

// The good table with other numbers in a data set.
template <class T>
BadFile Replaced(std::string name, const std::string& dataset, std::vector<T> values,
                 std::optional<int64_t> row, std::string what) {
  return Changed(std::move(name), dataset, row, std::move(what),
                 [dataset, values = std::move(values)](Hdf5Builder* builder) {
                   builder->Delete(dataset);
                   builder->Numbers(dataset, values);
                 });
}

}  // namespace

void BuildGoodTable(Hdf5Builder* builder) {
  builder->Group("/columns");
  builder->Group("/categories");
  builder->Numbers<int32_t>("/columns/tenure", {1, 5, 12, 72, 3, 8});
  builder->Numbers<float>("/columns/charges", {20.5f, kNotANumber, 70.0f, 99.9f, 45.0f, 55.0f});
  builder->Numbers<int8_t>("/columns/senior", {0, 1, -1, 0, 0, 1});
  builder->TextAttribute("/columns/senior", "kind", "boolean");
  builder->Texts("/columns/contract", {"monthly", "yearly", "", "yearly", "monthly", "monthly"});
  builder->Numbers<int8_t>("/columns/payment", {0, 1, 1, -1, 0, 0});
  builder->Texts("/categories/payment", {"card", "transfer"});
  builder->Texts("/column_order", {"tenure", "charges", "senior", "contract", "payment"});
  builder->Numbers<uint8_t>("/label", {1, 0, 0, 0, 1, 0});
  builder->TextAttribute("/label", "name", "Churn=Yes");
  builder->Numbers<float>("/weight", {1, 1, 2, 1, 0.5f, 0});
  builder->Texts("/id", {"anna", "ben", "carl", "dora", "emil", "fay"});
}

const std::vector<BadFile>& BadTableFiles() {
  static const std::vector<BadFile> files = {
      Replaced<float>("NanLabel", "/label", {1, 0, kNotANumber, 0, 1, 0}, 2,
                      "value nan; expected 0 or 1"),
      Replaced<int8_t>("LabelThatIsNeither", "/label", {1, 0, 0, 2, 1, 0}, 3,
                       "value 2; expected 0 or 1"),
      Replaced<float>("LabelInBetween", "/label", {1, 0.5f, 0, 0, 1, 0}, 1, "value 0.5; expected"),
      Replaced<int8_t>("LabelMinusOne", "/label", {1, 0, 0, 0, -1, 0}, 4, "value -1; expected"),
      Replaced<float>("InfiniteFeature", "/columns/charges", {1, 2, 3, kEndless, 5, 6}, 3,
                      "value inf; expected a finite number, or NaN"),
      Replaced<double>("FeatureTooLarge", "/columns/charges", {1, 2, 1e39, 4, 5, 6}, 2,
                       "value 1e+39; expected a finite number"),
      Replaced<float>("NegativeWeight", "/weight", {1, 1, 1, -0.5f, 1, 1}, 3,
                      "value -0.5; expected a finite number of 0 or more"),
      Replaced<float>("NanWeight", "/weight", {1, kNotANumber, 1, 1, 1, 1}, 1,
                      "value nan; expected"),
      Replaced<int32_t>("ColumnOfAnotherLength", "/columns/tenure", {1, 2, 3, 4, 5}, std::nullopt,
                        "has 5 rows; expected 6, as /label"),
      Replaced<int8_t>("IdsOfAnotherLength", "/id", {1, 2, 3, 4, 5}, std::nullopt,
                       "has 5 rows; expected 6, as /label"),
      Replaced<int8_t>("CodeOutOfRange", "/columns/payment", {0, 1, 1, -1, 2, 0}, 4,
                       "value 2; expected a whole number below 2 (the rows of /categories/payment"),
      Replaced<int8_t>("CodeBelowMissing", "/columns/payment", {0, 1, -2, -1, 1, 0}, 2,
                       "value -2; expected a whole number below 2"),
      Changed("BooleanThatIsNeither", "/columns/senior", 5, "value 3; expected 0 or 1",
              [](Hdf5Builder* builder) {
                builder->Delete("/columns/senior");
                builder->Numbers<int8_t>("/columns/senior", {0, 1, -1, 0, 0, 3});
                builder->TextAttribute("/columns/senior", "kind", "boolean");
              }),
      Changed("RepeatedCategory", "/categories/payment", 2, "category 'card' is that of row 0",
              [](Hdf5Builder* builder) {
                builder->Delete("/categories/payment");
                builder->Texts("/categories/payment", {"card", "transfer", "card"});
              }),
      Changed("EmptyCategory", "/categories/payment", 1, "is an empty text",
              [](Hdf5Builder* builder) {
                builder->Delete("/categories/payment");
                builder->Texts("/categories/payment", {"card", ""});
              }),
      Changed("CategoryCodesWithoutTexts", "/columns/payment", std::nullopt,
              "is numbers, of kind category; expected text, or codes",
              [](Hdf5Builder* builder) {
                builder->Delete("/categories/payment");
                builder->TextAttribute("/columns/payment", "kind", "category");
              }),
      Changed("UnknownKind", "/columns/tenure", std::nullopt,
              "attribute 'kind' is 'ordinal'; expected number, boolean or category",
              [](Hdf5Builder* builder) {
                builder->TextAttribute("/columns/tenure", "kind", "ordinal");
              }),
      Changed("TextOfKindNumber", "/columns/contract", std::nullopt, "is text; expected numbers",
              [](Hdf5Builder* builder) {
                builder->TextAttribute("/columns/contract", "kind", "number");
              }),
      Changed("RepeatedId", "/id", 4, "id 'ben' is that of row 1; expected each id once",
              [](Hdf5Builder* builder) {
                builder->Delete("/id");
                builder->Texts("/id", {"anna", "ben", "carl", "dora", "ben", "fay"});
              }),
      Changed("TwoColumnsOfOneName", "/columns/charges", std::nullopt,
              "has the name 'tenure', as /columns/tenure",
              [](Hdf5Builder* builder) {
                builder->TextAttribute("/columns/charges", "name", "tenure");
              }),
      Changed(
          "OrderNamesAColumnTwice", "/column_order", 1, "'tenure' comes twice",
          [](Hdf5Builder* builder) {
            builder->Delete("/column_order");
            builder->Texts("/column_order", {"tenure", "tenure", "senior", "contract", "payment"});
          }),
      Changed("OrderLeavesAColumnOut", "/column_order", std::nullopt, "has 4 rows; expected 5",
              [](Hdf5Builder* builder) {
                builder->Delete("/column_order");
                builder->Texts("/column_order", {"tenure", "senior", "contract", "payment"});
              }),
      Changed(
          "OrderNamesNoColumn", "/column_order", 2, "'age' is not in /columns",
          [](Hdf5Builder* builder) {
            builder->Delete("/column_order");
            builder->Texts("/column_order", {"tenure", "charges", "age", "contract", "payment"});
          }),
      Changed("ColumnOfTwoDimensions", "/columns/tenure", std::nullopt,
              "has 2 dimensions; expected one",
              [](Hdf5Builder* builder) {
                builder->Delete("/columns/tenure");
                builder->Unstored("/columns/tenure", H5T_NATIVE_FLOAT, {6, 2});
              }),
      Changed("ColumnNeverStored", "/columns/tenure", std::nullopt, "expected every row stored",
              [](Hdf5Builder* builder) {
                builder->Delete("/columns/tenure");
                builder->Unstored("/columns/tenure", H5T_NATIVE_FLOAT, {6});
              }),
      Changed("GroupAmongColumns", "/columns/more", std::nullopt, "is not a data set",
              [](Hdf5Builder* builder) {
                builder->Group("/columns/more");
                builder->Delete("/column_order");
              }),
      {"NoColumns",
       [](const std::string& path) {
         Hdf5Builder builder(path);
         builder.Group("/columns");
         builder.Numbers<int8_t>("/label", {0, 1});
       },
       "/columns", std::nullopt, "holds no data set"},
      {"NoRows",
       [](const std::string& path) {
         Hdf5Builder builder(path);
         builder.Group("/columns");
         builder.Numbers<float>("/columns/tenure", {});
       },
       "/columns/tenure", std::nullopt, "is empty; expected at least one row"},
  };
  return files;
}

const std::vector<BadFile>& UnjudgeableTableFiles() {
  static const std::vector<BadFile> files = {
      Replaced<int8_t>("OneClassOnly", "/label", {0, 0, 0, 0, 0, 0}, std::nullopt,
                       "is 0 in every row; expected rows of both classes"),
      Replaced<int8_t>("TheOtherClassOnly", "/label", {1, 1, 1, 1, 1, 1}, std::nullopt,
                       "is 1 in every row; expected rows of both classes"),
      Changed("NoLabel", "/label", std::nullopt, "is missing; expected 0 or 1",
              [](Hdf5Builder* builder) { builder->Delete("/label"); }),
      Replaced<float>("NoWeightInOneClass", "/weight", {0, 1, 1, 1, 0, 1}, std::nullopt,
                      "is 0 in every row with label 1"),
  };
  return files;
}

const std::vector<BadFile>& UntrainableTableFiles() {
  static const std::vector<BadFile> files = [] {
    std::vector<BadFile> all = UnjudgeableTableFiles();
    all.push_back(Replaced<float>("AllMissingColumn", "/columns/charges",
                                  std::vector<float>(6, kNotANumber), std::nullopt,
                                  "has no value in any row"));
    return all;
  }();
  return files;
}

const std::vector<BadFile>& UnfitTableFiles() {
  const auto without = [](const std::string& column) {
    return [column](Hdf5Builder* builder) {
      builder->Delete("/columns/" + column);
      builder->Delete("/column_order");
    };
  };
  static const std::vector<BadFile> files = {
      Changed("WithoutANumber", "/columns/tenure", std::nullopt,
              "is missing; expected a column of kind number", without("tenure")),
      Changed("WithoutACategory", "/columns/contract", std::nullopt,
              "is missing; expected a column of kind category", without("contract")),
      Changed("CategoryForANumber", "/columns/tenure", std::nullopt,
              "is of kind category; expected kind number",
              [](Hdf5Builder* builder) {
                builder->Delete("/columns/tenure");
                builder->Texts("/columns/tenure", {"1", "5", "12", "72", "3", "8"});
              }),
      Changed("NumberForABoolean", "/columns/senior", std::nullopt,
              "is of kind number; expected kind boolean",
              [](Hdf5Builder* builder) {
                builder->Delete("/columns/senior");
                builder->Numbers<int8_t>("/columns/senior", {0, 1, 0, 0, 0, 1});
              }),
  };
  return files;
}

}  // namespace tidewright
