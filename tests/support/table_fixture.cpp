#include "tests/support/table_fixture.h"

#include <string>

#include "host/core/random.h"

namespace tidewright {

FeatureTable RandomTable(int64_t rows, uint64_t seed) {
  FeatureTable table;
  table.rows = rows;
  table.columns = {{{"tenure", FeatureKind::kNumber, {}}, {}},
                   {{"senior", FeatureKind::kBoolean, {}}, {}},
                   {{"contract", FeatureKind::kCategory, {"monthly", "two years", "yearly"}}, {}},
                   {{"charges", FeatureKind::kNumber, {}}, {}}};
  table.label_name = "Churn=Yes";
  for (int64_t row = 0; row < rows; ++row) {
    const PhiloxDraw draw = Philox(seed, 1000, static_cast<uint64_t>(row));
    const PhiloxDraw missing = Philox(seed, 1001, static_cast<uint64_t>(row));
    const float values[] = {
        static_cast<float>(draw.word[0] % 72), static_cast<float>(draw.word[1] % 2),
        static_cast<float>(draw.word[2] % 3), static_cast<float>(draw.word[3] % 10000) / 100.0f};
    for (size_t column = 0; column < 4; ++column) {
      table.columns[column].values.push_back(missing.word[column] % 10 == 0 ? kMissing
                                                                            : values[column]);
    }
    table.label.push_back(Philox(seed, 1002, static_cast<uint64_t>(row)).word[0] % 4 == 0);
    table.ids.Add("customer " + std::to_string(row));
  }
  table.fingerprint = FingerprintOf(table);
  table.path = "table.h5";
  return table;
}

}  // namespace tidewright
