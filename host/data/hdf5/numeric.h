#ifndef TIDEWRIGHT_HOST_DATA_HDF5_NUMERIC_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_NUMERIC_H_

#include <cstdint>
#include <string>

#include "host/data/hdf5/column.h"

namespace tidewright::hdf5 {

// Whole columns into the types held in memory, whatever the width in the file. `out` has room for
// column.rows() elements. Each throws DataError naming the first row that does not fit.

// Whole numbers in [0, bound); `bound_name` says of what: "the 12 rows of /users/id".
void ReadIndices(const Column& column, int64_t bound, const std::string& bound_name, int32_t* out);
void ReadIndices(const Column& column, int64_t bound, const std::string& bound_name, uint8_t* out);

// Whole numbers of any size up to 2^63 - 1 in magnitude.
void ReadIntegers(const Column& column, int64_t* out);

// Times into microseconds, from a unit of `numerator / denominator` microseconds. Times finer than
// a microsecond are rounded down, floating-point times to the nearest microsecond.
void ReadTimes(const Column& column, int64_t numerator, int64_t denominator, int64_t* out);

// Numbers that are finite as float; NaN, of one bit pattern, passes where `nan_is_missing`.
void ReadFloats(const Column& column, bool nan_is_missing, float* out);

// Numbers as the shortest text that reads back as the same number of the column's own type; those
// of a column of fractions have a point or an exponent. Empty where NaN.
void ReadDigits(const Column& column, std::string* out);

// Finite numbers of 0 or more.
void ReadWeights(const Column& column, float* out);

// Whole numbers in [0, bound), as floats; NaN and -1 become NaN where `may_be_missing`. `expected`
// says what these numbers are: "0 or 1".
void ReadCodes(const Column& column, int64_t bound, bool may_be_missing,
               const std::string& expected, float* out);

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_NUMERIC_H_
