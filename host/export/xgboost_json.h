#ifndef TIDEWRIGHT_HOST_EXPORT_XGBOOST_JSON_H_
#define TIDEWRIGHT_HOST_EXPORT_XGBOOST_JSON_H_

#include <cstdint>
#include <string>

#include "host/core/partial_file.h"
#include "host/data/feature_table.h"
#include "host/export/folded_calibration.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// Boosted trees as XGBoost's model file in JSON, objective binary:logistic, read by XGBoost 2 and
// 3. XGBoost then adds up the same floats in the same order: its margins are ours to the bit.
// - The base margin is added to the leaves of the first tree, as our own sum begins with it, and
//   base_score is 0.5, whose margin is 0: a probability would not come back to the same margin.
// - Categories are native: a value is the category's code, its place in the model's list. XGBoost's
//   set goes right, and every code that is not in it goes left; so children change places where
//   our unknown categories go right. Unknown codes and missing values then go the model's way.
// - The model's attribute `categories` holds those lists as JSON, its attribute `label` says
//   what the probability is of: the file alone is enough to score a customer.
// - A gain is twice ours: XGBoost's leaves the half in front of it out.
// - With a calibration folded in, each leaf is rounded once more, and margins are those of a
//   MarginMap to the rounding of float32 sums.

// XGBoost 3's own dictionary of the categories, by which it matches a data frame's texts. Treelite
// (4.8.1), with which Triton's FIL backend reads the file, refuses a model that has one.
enum class XgboostDictionary { kWritten, kLeftOut };

// The document piece by piece: a model of many trees never stands in memory as one. Head, the trees
// with commas between, and Tail are the JSON file. Model and features outlive it.
class XgboostDocument {
 public:
  // Throws DataError where the model reads other columns than `features` has.
  XgboostDocument(const TreeEnsemble& model, const FeatureSpec& features,
                  XgboostDictionary dictionary = XgboostDictionary::kWritten,
                  MarginMap margins = {});
  XgboostDocument(const XgboostDocument&) = delete;
  XgboostDocument& operator=(const XgboostDocument&) = delete;

  int64_t trees() const { return model_.trees(); }
  std::string Head() const;  // ends within the list of trees
  std::string Tree(int64_t tree) const;
  std::string Tail() const;

 private:
  TreeEnsemble leaf_;  // in place of a model without trees, which XGBoost does not have
  const TreeEnsemble& model_;
  const FeatureSpec& features_;
  XgboostDictionary dictionary_;
  MarginMap margins_;
};

void WriteXgboostJson(const XgboostDocument& document, PartialFile& file);
void WriteXgboostJson(const TreeEnsemble& model, const FeatureSpec& features, PartialFile& file,
                      XgboostDictionary dictionary = XgboostDictionary::kWritten,
                      MarginMap margins = {});

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_XGBOOST_JSON_H_
