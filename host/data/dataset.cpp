#include "host/data/dataset.h"

namespace tidewright {

std::string LayoutName(Layout layout) {
  switch (layout) {
    case Layout::kEventLog:
      return "event log";
    case Layout::kAnnDataCsr:
      return "AnnData CSR";
    case Layout::kAnnDataCsc:
      return "AnnData CSC";
  }
  return "unknown";
}

}  // namespace tidewright
