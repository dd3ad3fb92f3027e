#ifndef TIDEWRIGHT_HOST_BACKEND_CPU_METER_H_
#define TIDEWRIGHT_HOST_BACKEND_CPU_METER_H_

#include <memory>
#include <string>

#include "host/backend/meter.h"

namespace tidewright {

std::string ProcessorName();  // "not known" where the system does not tell

// Peak and bandwidth are measured, with the number of threads that is set at the time.
std::unique_ptr<Meter> MakeCpuMeter();

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BACKEND_CPU_METER_H_
