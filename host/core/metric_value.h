#ifndef TIDEWRIGHT_HOST_CORE_METRIC_VALUE_H_
#define TIDEWRIGHT_HOST_CORE_METRIC_VALUE_H_

namespace tidewright {

// A mean over users or rows with its 95 % bootstrap interval.
struct MetricValue {
  double mean = 0;
  double low = 0;
  double high = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_METRIC_VALUE_H_
