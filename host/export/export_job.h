#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_JOB_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_JOB_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/core/partial_file.h"
#include "host/core/progress.h"
#include "host/export/model_card.h"
#include "host/model/artifact.h"

namespace tidewright {

// Options that a format may have no use for, and whether they were given at all: the default's own
// value is then refused as any other.
struct ExportOptionsGiven {
  bool top_k = false;
  bool reasons = false;
  bool within = false;
  bool precision = false;
  bool index = false;
  bool ef_search = false;
};

struct ExportRequest {
  std::string artifact;
  std::string format;
  std::string output;
  bool overwrite = false;
  int64_t top_k = 100;                      // items that graphs of a recommender return
  int64_t inline_limit = int64_t{1} << 30;  // bytes of factors that an ONNX file itself holds
  std::string hash_ids = {};                // the salt of hashed ids; empty: ids as they are
  std::string data = {};           // the table or log of the customers to score, or of item_columns
  std::string at = {};             // of a log: a date, or latest
  std::string item_columns = {};   // of documents of items: names with commas between, or all
  int64_t reasons = 5;             // a customer
  std::string within = "30d";      // of a BG/NBD model: how far ahead
  std::string precision = "fp32";  // of vectors: fp32, fp16 or int8
  bool augment = false;            // vectors for engines that know the cosine alone
  std::string index = "flat";      // of faiss: flat or hnsw
  int64_t ef_search = 256;         // of hnsw: candidates kept while the best are sought
  ExportOptionsGiven given = {};
};

// What a format is given to write.
struct ExportSource {
  const Artifact& artifact;
  const ExportRequest& request;
  Progress& progress;
};

// What a serving system loads as it is: one file, or a directory. Exactly one of the two functions
// is there; it adds to the card what it wrote. Files in the directory are fsync'ed by it.
struct ExportFormat {
  std::string name;                // as on the command line
  std::string description;         // one line
  std::string ending;              // of what stands beside the artifact: DIR.ENDING
  std::vector<std::string> kinds;  // of models it can hold: words of ModelKind
  // Of those the kinds of which it holds not the model but what that says of customers: it asks for
  // request.data.
  std::vector<std::string> customers_of;
  // Which of --precision, --augment and --index it has for a recommender's vectors.
  std::vector<std::string> vector_options;
  void (*write_file)(const ExportSource& source, PartialFile& file, CardExport* card);
  void (*write_directory)(const ExportSource& source, const std::string& directory,
                          CardExport* card);
};

// Every format there is, one line each.
const std::vector<ExportFormat>& ExportFormats();
// "xgboost, …": for messages.
std::string ExportFormatNames();
// Those for which `wanted` holds.
std::string ExportFormatNames(const std::function<bool(const ExportFormat&)>& wanted);

// The format of that name. Throws UsageError naming the choices where there is none.
const ExportFormat& FindExportFormat(const std::string& name);
// Throws UsageError naming the formats that can, where `format` cannot hold a model of this kind.
void CheckExportHolds(const ExportFormat& format, const std::string& model_kind);

// Writes the artifact's model and its card: README.md in the directory, OUTPUT.README.md beside a
// file. Throws UsageError (an unknown format, one that cannot hold the model, an output that exists
// and may not be replaced), IoError. Nothing half-written is left.
void RunExportJob(const ExportRequest& request, Progress& progress);

// What `train … --export F,F` writes when it is done, replacing what stands there: beside DIR, as
// DIR.xgboost.json, with ids hashed by the salt `hash_ids` where it is not empty. Throws UsageError
// as RunExportJob does, so that it is known before the training.
std::vector<ExportRequest> PlanExports(const std::string& formats, const std::string& directory,
                                       const std::string& model_kind,
                                       const std::string& hash_ids = "");

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_JOB_H_
