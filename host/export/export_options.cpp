#include "host/export/export_options.h"

#include <algorithm>

#include "host/core/errors.h"
#include "host/export/hnsw/hnsw.h"
#include "host/export/ndjson_export.h"
#include "host/export/onnx_export.h"
#include "host/export/triton_export.h"
#include "host/model/bgnbd_file.h"
#include "host/model/model_file.h"

namespace tidewright {
namespace {

bool IsAmong(const std::string& word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void CheckVectorOption(const ExportFormat& format, const std::string& model_kind,
                       const std::string& option) {
  if (model_kind != kFactorKind) {
    throw UsageError("--" + option + " is for the vectors of a recommender, and a model of kind '" +
                     model_kind + "' has none");
  }
  if (IsAmong(option, format.vector_options)) return;
  throw UsageError("format " + format.name + " has no --" + option +
                   "; those that do: " + ExportFormatNames([&](const ExportFormat& other) {
                     return IsAmong(option, other.vector_options);
                   }));
}

void CheckVectorOptions(const ExportFormat& format, const std::string& model_kind,
                        const ExportRequest& request) {
  const bool narrow = request.precision != "fp32";
  const bool graph = request.index != "flat";
  if (narrow || request.given.precision) CheckVectorOption(format, model_kind, "precision");
  if (request.augment) CheckVectorOption(format, model_kind, "augment");
  if (graph || request.given.index) CheckVectorOption(format, model_kind, "index");
  if (request.augment && narrow) {
    throw UsageError("--augment needs vectors of equal length, which --precision " +
                     request.precision + " does not keep; use one of them");
  }
  if (graph && narrow) {
    throw UsageError("--index " + request.index + " holds float32 vectors, --precision " +
                     request.precision + " others; use one of them");
  }
  if (!graph && (request.given.ef_search || request.ef_search != ExportRequest{}.ef_search)) {
    throw UsageError("--ef-search is for faiss with --index hnsw; leave it out");
  }
  if (graph) RequireLibfaiss();
}

// What of a log or a table goes into the documents of an export.
struct Documents {
  bool items = false;      // one an item of a recommender
  bool customers = false;  // what a churn model says of each
};

void CheckDataOptions(const ExportFormat& format, const std::string& model_kind,
                      const Documents& documents, const ExportRequest& request) {
  const bool data = !request.data.empty();
  const bool columns = !request.item_columns.empty();
  if (columns && !documents.items) {
    throw UsageError("--item-columns is for the items of a recommender in ndjson; leave it out");
  }
  if (documents.customers && !data) {
    throw UsageError("format " + format.name +
                     " holds customers of a churn model: name the table or log to score with "
                     "tidewright export … --data FILE.h5");
  }
  if (documents.items && !request.at.empty()) {
    throw UsageError("--at is for the customers of a churn model in ndjson; leave it out");
  }
  if (columns && !data) {
    throw UsageError(
        "--item-columns: name the log whose items have these columns with tidewright export … "
        "--data LOG.h5");
  }
  if (documents.items && data && !columns) {
    throw UsageError(
        "--data of a recommender is a log whose items have columns: name those to write with "
        "--item-columns a,b (all: every one), or leave --data out");
  }
  if (!documents.items && !documents.customers && (data || !request.at.empty())) {
    throw UsageError(
        "--data and --at are for formats that hold customers or columns of items, and " +
        format.name + " holds a model of kind '" + model_kind + "' itself; leave them out");
  }
}

// `customers`: whether the export holds what the model says of them.
void CheckCustomerOptions(const std::string& model_kind, bool customers,
                          const ExportRequest& request) {
  const ExportRequest defaults;
  const bool forecasts = customers && model_kind == kBgnbdKind;
  if ((request.given.reasons || request.reasons != defaults.reasons) && (!customers || forecasts)) {
    throw UsageError(forecasts ? "--reasons: a bgnbd model gives none; leave it out"
                               : "--reasons is for the customers of a churn model in ndjson; leave "
                                 "it out");
  }
  if ((request.given.within || request.within != defaults.within) && !forecasts) {
    throw UsageError("--within is for the customers of a bgnbd model in ndjson; leave it out");
  }
}

}  // namespace

ConfigFields FieldsOf(ExportRequest& request) {
  ExportOptionsGiven& given = request.given;
  return {
      {"top-k",
       &request.top_k,
       "items that a recommender's graph returns",
       1,
       10000,
       {},
       "",
       &given.top_k},
      {"data",
       &request.data,
       "of ndjson: the table or log that holds the customers of a churn model, or the columns of "
       "--item-columns",
       0,
       0,
       {},
       "export-data"},
      {"at",
       &request.at,
       "of such a log: customers as of this date, or latest",
       0,
       0,
       {},
       "export-at"},
      {"item-columns",
       &request.item_columns,
       "of ndjson and a recommender: columns of the items of --data to write into their "
       "documents, with commas between, or all",
       0,
       0,
       {}},
      {"reasons",
       &request.reasons,
       "of ndjson: how many reasons a customer gets",
       0,
       10000,
       {},
       "",
       &given.reasons},
      {"within",
       &request.within,
       "of ndjson and a bgnbd model: how far ahead to look",
       0,
       0,
       {},
       "export-within",
       &given.within},
      {"precision",
       &request.precision,
       "of vectors in safetensors and faiss; the card says what the lists lose",
       0,
       0,
       {"fp32", "fp16", "int8"},
       "export-precision",
       &given.precision},
      {"augment",
       &request.augment,
       "of safetensors, faiss and ndjson: vectors whose cosine orders items as their inner "
       "product does, for engines that know no other",
       0,
       0,
       {}},
      {"index",
       &request.index,
       "of faiss: exact, or a graph of near neighbours, whose recall the card says (where built "
       "with libfaiss)",
       0,
       0,
       {"flat", "hnsw"},
       "export-index",
       &given.index},
      {"ef-search",
       &request.ef_search,
       "of --index hnsw: candidates kept in a search, written into the index; more find more of "
       "the best, and take longer",
       1,
       1000000,
       {},
       "",
       &given.ef_search}};
}

void CheckExportOptions(const ExportFormat& format, const std::string& model_kind,
                        const ExportRequest& request) {
  const bool customers = IsAmong(model_kind, format.customers_of);
  const bool recommender = model_kind == kFactorKind;
  const bool items = recommender && format.write_directory == ExportNdjson;
  CheckDataOptions(format, model_kind, {items, customers}, request);
  CheckCustomerOptions(model_kind, customers, request);
  CheckVectorOptions(format, model_kind, request);
  if (!request.hash_ids.empty() && !recommender && !customers) {
    throw UsageError("--hash-ids: format " + format.name + " of a model of kind " + model_kind +
                     " holds no ids; leave it out");
  }
  const bool graphs =
      format.write_directory == ExportOnnx || format.write_directory == ExportTriton;
  const bool top_k = request.given.top_k || request.top_k != ExportRequest{}.top_k;
  if (top_k && !(recommender && graphs)) {
    throw UsageError(
        "--top-k is for the graphs of a recommender, in onnx and triton; leave it out");
  }
}

}  // namespace tidewright
