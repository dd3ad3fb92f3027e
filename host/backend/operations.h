#ifndef TIDEWRIGHT_HOST_BACKEND_OPERATIONS_H_
#define TIDEWRIGHT_HOST_BACKEND_OPERATIONS_H_

// The operations that every device offers beside its solvers, as `Backend` lists them.
#include "host/linalg/top_k.h"

#endif  // TIDEWRIGHT_HOST_BACKEND_OPERATIONS_H_
