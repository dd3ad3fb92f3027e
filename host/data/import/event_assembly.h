#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_EVENT_ASSEMBLY_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_EVENT_ASSEMBLY_H_

#include <cstdint>
#include <vector>

#include "host/data/event_log.h"
#include "host/data/import/csv_block.h"

namespace tidewright {

// The events of all chunks, one after the other, sorted by (user, time) stably. Every chunk has the
// same columns. The chunks are used up column by column, so that little is held twice. Signal names
// and names of extra columns are the caller's to set.
EventLog AssembleEvents(std::vector<EventChunk> chunks, int64_t users);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_EVENT_ASSEMBLY_H_
