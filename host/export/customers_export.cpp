#include "host/export/customers_export.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>
#include <vector>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/core/id_hash.h"
#include "host/core/partial_file.h"
#include "host/core/time.h"
#include "host/export/json_array.h"
#include "host/export/ndjson_lines.h"
#include "host/hazard/hazard.h"
#include "host/train/bgnbd_customers.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"
#include "host/train/explain_score_job.h"

namespace tidewright {
namespace {

constexpr int64_t kCustomersAtOnce = 4096;

// The files that are written side by side.
class CustomerFiles {
 public:
  explicit CustomerFiles(const std::string& directory)
      : lines_(directory + "/customers.ndjson"),
        bulk_(directory + "/bulk.ndjson"),
        vespa_(directory + "/vespa.jsonl") {}

  // `told` and `document`: the fields of a customer behind its id, for programs and for engines.
  void Add(std::string_view id, const std::string& told, const std::string& document) {
    const std::string key = JsonQuoted(id);
    line_text_ += "{\"id\":" + key + "," + told + "}\n";
    bulk_text_ += "{\"index\":{\"_id\":" + key + "}}\n{\"id\":" + key + "," + document + "}\n";
    vespa_text_ += "{\"put\":" + JsonQuoted("id:customer:customer::" + std::string(id)) +
                   ",\"fields\":{\"id\":" + key + "," + document + "}}\n";
  }
  void Flush() {
    for (const auto& [file, text] :
         {std::pair{&lines_, &line_text_}, std::pair{&bulk_, &bulk_text_},
          std::pair{&vespa_, &vespa_text_}}) {
      file->Write(text->data(), static_cast<int64_t>(text->size()));
      text->clear();
    }
  }
  void Commit() {
    Flush();
    for (OutputFile* file : {&lines_, &bulk_, &vespa_}) file->Commit();
  }

 private:
  OutputFile lines_;
  OutputFile bulk_;
  OutputFile vespa_;
  std::string line_text_;
  std::string bulk_text_;
  std::string vespa_text_;
};

std::string NumberField(const std::string& name, double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  return JsonQuoted(name) + ":" + std::string(digits, end.ptr);
}

// A reason's value as JSON; empty where it is missing.
std::string ValueText(const ColumnReason& reason) {
  if (!reason.category.empty()) return JsonQuoted(reason.category);
  if (reason.is_missing) return "";
  if (reason.kind == FeatureKind::kBoolean) return reason.value != 0 ? "true" : "false";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), reason.value);
  return std::string(digits, end.ptr);
}

// The fields behind the id. `engine`: values as texts. `more`: fields beside the probability, each
// with a comma after it.
std::string CustomerFields(const ScoreExplanation& customer, const std::string& label,
                           const std::string& more, int64_t most_reasons, bool engine) {
  std::string json = "\"label\":" + JsonQuoted(label) + "," +
                     NumberField("probability", customer.probability) + "," + more +
                     NumberField("log_odds", customer.log_odds) + "," +
                     NumberField("base_log_odds", customer.base) + ",\"reasons\":[";
  const auto shown = std::min<int64_t>(most_reasons, static_cast<int64_t>(customer.reasons.size()));
  double others = 0;
  for (size_t i = 0; i < customer.reasons.size(); ++i) {
    const ColumnReason& reason = customer.reasons[i];
    if (static_cast<int64_t>(i) >= shown) {
      others += reason.log_odds;
      continue;
    }
    std::string value = ValueText(reason);
    if (engine && !value.empty() && value[0] != '"') value = JsonQuoted(value);
    if (!engine && value.empty()) value = "null";
    json += (i > 0 ? ",{\"column\":" : "{\"column\":") + JsonQuoted(reason.column) + "," +
            (value.empty() ? "" : "\"value\":" + value + ",") +
            NumberField("log_odds", reason.log_odds) + "}";
  }
  return json + "]," + NumberField("other_log_odds", others);
}

// The rows' ids as they are written.
IdTable CustomerIds(const FeatureTable& table, const std::string& salt) {
  IdTable ids = table.ids.size() == table.rows ? table.ids : IdTable::Range(table.rows);
  ids.BuildIndex();
  for (int64_t row = 0; row < ids.size(); ++row) {
    if (ids.Find(ids[row]) == row) continue;
    throw DataError(table.path + ": row " + std::to_string(row) + " has the id of row " +
                    std::to_string(ids.Find(ids[row])) +
                    "; documents need one row a customer, export a table without groups");
  }
  return salt.empty() ? ids : HashedIds(IdKind::kUser, ids, salt);
}

// Of each row what a hazard model says of its periods, as fields; empty of other models.
std::vector<std::string> PeriodFields(const Model& model, const FeatureTable& rows) {
  std::vector<std::string> fields(static_cast<size_t>(rows.rows));
  const auto* hazard = std::get_if<HazardModel>(&model);
  if (hazard == nullptr) return fields;
  const std::vector<std::vector<double>> leaving = LeavingProbabilities(*hazard, rows);
  for (size_t period = 0; period < leaving.size(); ++period) {
    const std::string name = "leave_within_" + PeriodName(hazard->periods[period]);
    for (size_t row = 0; row < fields.size(); ++row) {
      fields[row] += NumberField(name, leaving[period][row]) + ",";
    }
  }
  return fields;
}

void DescribeFiles(CardExport* card) {
  card->files.emplace_back("customers.ndjson", "a line a customer: what the model says of them");
  card->files.emplace_back("bulk.ndjson",
                           "the customers for OpenSearch's and Elasticsearch's _bulk");
  card->files.emplace_back("vespa.jsonl", "the customers as Vespa's puts, for `vespa feed`");
}

// BG/NBD reads the log itself and gives no reasons.
void ExportForecasts(const ExportSource& source, const std::string& directory, CardExport* card) {
  const ExportRequest& request = source.request;
  const Scores scores =
      ScoreBgnbd(source.artifact, {request.artifact, request.data, request.at, request.within},
                 source.progress);
  const IdTable ids = request.hash_ids.empty()
                          ? scores.ids
                          : HashedIds(IdKind::kUser, scores.ids, request.hash_ids);
  CheckDocumentIds(ids, request.data + ": customer");
  CustomerFiles files(directory);
  for (int64_t row = 0; row < ids.size(); ++row) {
    const auto at = static_cast<size_t>(row);
    std::string fields = "\"label\":" + JsonQuoted(scores.label_name) + "," +
                         NumberField("probability", scores.probability[at]);
    for (const ScoreColumn& column : scores.extra) {
      fields += "," + NumberField(column.name, column.values[at]);
    }
    files.Add(ids[row], fields, fields);
    if ((row + 1) % kCustomersAtOnce == 0) files.Flush();
  }
  files.Commit();
  DescribeFiles(card);
  card->notes.push_back(std::to_string(ids.size()) + " customers, as of `" +
                        FormatTime(scores.as_of) + "`; `probability` is that of " +
                        scores.label_name + ".");
}

}  // namespace

void ExportCustomers(const ExportSource& source, const std::string& directory, CardExport* card) {
  const Artifact& artifact = source.artifact;
  if (std::holds_alternative<BgnbdModel>(artifact.model)) {
    ExportForecasts(source, directory, card);
    return;
  }
  const ExportRequest& request = source.request;
  const FeatureSpec& spec = FeaturesOf(artifact, request.artifact);
  int64_t cutoff = 0;
  ClassifierData data{request.data, request.at};
  data.cutoff = &cutoff;
  const FeatureTable given =
      ReadForClassifier(artifact, request.artifact, data, nullptr, source.progress);
  const IdTable ids = CustomerIds(given, request.hash_ids);
  CheckDocumentIds(ids, given.path + ": customer");
  const FeatureTable matched = MatchWithNotes(spec, given, source.progress);
  DriftOf(artifact, matched, source.progress);
  CustomerFiles files(directory);
  for (int64_t begin = 0; begin < given.rows; begin += kCustomersAtOnce) {
    std::vector<int64_t> rows(static_cast<size_t>(std::min(kCustomersAtOnce, given.rows - begin)));
    std::iota(rows.begin(), rows.end(), begin);
    const FeatureTable block = SelectRows(matched, rows);
    const std::vector<ScoreExplanation> customers =
        ExplainRows(artifact, SelectRows(given, rows), block);
    const std::vector<std::string> periods = PeriodFields(artifact.model, block);
    for (const ScoreExplanation& customer : customers) {
      const std::string& more = periods[static_cast<size_t>(customer.row)];
      files.Add(ids[begin + customer.row],
                CustomerFields(customer, spec.label_name, more, request.reasons, false),
                CustomerFields(customer, spec.label_name, more, request.reasons, true));
    }
    files.Flush();
    source.progress.Step("scoring", begin + static_cast<int64_t>(rows.size()), given.rows,
                         "customers");
  }
  files.Commit();
  DescribeFiles(card);
  card->notes.push_back(std::to_string(given.rows) + " customers" +
                        (request.at.empty() ? "" : ", as of `" + FormatTime(cutoff) + "`") +
                        (given.fingerprint.empty()
                             ? ""
                             : ", of data with the fingerprint `" + given.fingerprint + "`") +
                        ".");
  if (std::holds_alternative<HazardModel>(artifact.model)) {
    card->notes.push_back(
        "`log_odds`, its base and its reasons are of leaving in a period, a mean over the periods; "
        "`probability` is that of the last one.");
  }
  const std::optional<CalibrationRecord>& calibration = artifact.manifest.calibration;
  if (calibration && calibration->kept) {
    card->notes.push_back(
        "`probability` is calibrated; `log_odds`, its base and its reasons are the model's own, "
        "before calibration.");
  }
}

}  // namespace tidewright
