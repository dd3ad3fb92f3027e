#include "host/data/hdf5/numeric.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

namespace tidewright::hdf5 {
namespace {

template <class Number>
std::string Text(Number number) {
  if constexpr (std::is_floating_point_v<Number>) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(number));
    return text;
  } else {
    return std::to_string(number);
  }
}

// A whole number within int64, from any element.
template <class Source>
bool ToInt64(Source value, int64_t* out) {
  if constexpr (std::is_floating_point_v<Source>) {
    constexpr Source kLimit = static_cast<Source>(9223372036854775808.0);
    const bool fits = value >= -kLimit && value < kLimit;
    *out = fits ? static_cast<int64_t>(value) : 0;
    return fits && static_cast<Source>(*out) == value;
  } else if constexpr (std::is_same_v<Source, uint64_t>) {
    *out = static_cast<int64_t>(value);
    return value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  } else {
    *out = value;
    return true;
  }
}

// Each target converts one element, says whether it fits, and what would have.

template <class Out>
struct IndexTarget {
  Out* out;
  int64_t bound;
  const std::string* bound_name;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    int64_t index;
    const bool whole = ToInt64(value, &index);
    out[row] = static_cast<Out>(index);
    return whole && static_cast<uint64_t>(index) < static_cast<uint64_t>(bound);
  }
  std::string Expected() const {
    return "a whole number from 0 to " + std::to_string(bound - 1) + " (" + *bound_name + ")";
  }
};

struct IntegerTarget {
  int64_t* out;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    return ToInt64(value, &out[row]);
  }
  std::string Expected() const { return "a whole number below 2^63"; }
};

struct TimeTarget {
  int64_t* out;
  int64_t numerator;
  int64_t denominator;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    if constexpr (std::is_floating_point_v<Source>) {
      const double micros =
          std::nearbyint(static_cast<double>(value) * static_cast<double>(numerator) /
                         static_cast<double>(denominator));
      return ToInt64(micros, &out[row]);
    } else {
      int64_t time;
      int64_t micros;
      const bool fits = ToInt64(value, &time) && !__builtin_mul_overflow(time, numerator, &micros);
      if (!fits) return false;
      out[row] = micros / denominator - (micros % denominator < 0 ? 1 : 0);
      return true;
    }
  }
  std::string Expected() const { return "a time within 292,000 years of 1970"; }
};

struct FloatTarget {
  float* out;
  bool nan_is_missing;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    const float number = static_cast<float>(value);
    out[row] = number == number ? number : std::numeric_limits<float>::quiet_NaN();
    return std::abs(number) <= std::numeric_limits<float>::max() ||
           (nan_is_missing && std::isnan(number));
  }
  std::string Expected() const {
    return nan_is_missing ? "a finite number, or NaN where it is missing"
                          : "a finite number (float)";
  }
};

struct DigitsTarget {
  std::string* out;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    out[row].clear();
    if constexpr (std::is_floating_point_v<Source>) {
      if (std::isnan(value)) return true;
      if (std::isinf(value)) return false;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value);
    out[row].assign(digits, end.ptr);
    const bool whole = out[row].find_first_of(".e") == std::string::npos;
    if (std::is_floating_point_v<Source> && whole) out[row] += ".0";
    return true;
  }
  std::string Expected() const { return "a finite number, or NaN where it is missing"; }
};

struct WeightTarget {
  float* out;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    out[row] = static_cast<float>(value);
    return out[row] >= 0 && out[row] <= std::numeric_limits<float>::max();
  }
  std::string Expected() const { return "a finite number of 0 or more"; }
};

struct CodeTarget {
  float* out;
  int64_t bound;
  bool may_be_missing;
  const std::string* expected;
  template <class Source>
  bool Store(int64_t row, Source value) const {
    out[row] = std::numeric_limits<float>::quiet_NaN();
    if constexpr (std::is_floating_point_v<Source>) {
      if (std::isnan(value)) return may_be_missing;
    }
    int64_t code;
    if (!ToInt64(value, &code) || code >= bound) return false;
    if (code < 0) return may_be_missing && code == -1;
    out[row] = static_cast<float>(code);
    return true;
  }
  std::string Expected() const {
    return may_be_missing ? *expected + ", or -1 or NaN where it is missing" : *expected;
  }
};

template <class Source, class Target>
std::optional<Fault> StoreBlock(const Target& target, int64_t first, int64_t count,
                                const void* elements) {
  const Source* values = static_cast<const Source*>(elements);
  bool good = true;
  for (int64_t e = 0; e < count; ++e) good &= target.Store(first + e, values[e]);
  if (good) return std::nullopt;
  int64_t e = 0;
  while (target.Store(first + e, values[e])) ++e;
  return Fault{first + e, "value " + Text(values[e]), target.Expected()};
}

template <class Source, class Target>
void ReadAs(const Column& column, const Target& target) {
  column.Read([&](int64_t first, int64_t count, const void* elements) {
    return StoreBlock<Source>(target, first, count, elements);
  });
}

template <class Target>
void ReadInto(const Column& column, const Target& target) {
  if (column.is_text()) column.Fail("is text", "numbers");
  switch (column.kind()) {
    case ElementKind::kFloat:
      return column.width() == 4 ? ReadAs<float>(column, target) : ReadAs<double>(column, target);
    case ElementKind::kSigned:
      switch (column.width()) {
        case 1:
          return ReadAs<int8_t>(column, target);
        case 2:
          return ReadAs<int16_t>(column, target);
        case 4:
          return ReadAs<int32_t>(column, target);
        default:
          return ReadAs<int64_t>(column, target);
      }
    case ElementKind::kUnsigned:
      switch (column.width()) {
        case 1:
          return ReadAs<uint8_t>(column, target);
        case 2:
          return ReadAs<uint16_t>(column, target);
        case 4:
          return ReadAs<uint32_t>(column, target);
        default:
          return ReadAs<uint64_t>(column, target);
      }
  }
}

}  // namespace

void ReadIndices(const Column& column, int64_t bound, const std::string& bound_name, int32_t* out) {
  ReadInto(column, IndexTarget<int32_t>{out, bound, &bound_name});
}

void ReadIndices(const Column& column, int64_t bound, const std::string& bound_name, uint8_t* out) {
  ReadInto(column, IndexTarget<uint8_t>{out, bound, &bound_name});
}

void ReadIntegers(const Column& column, int64_t* out) { ReadInto(column, IntegerTarget{out}); }

void ReadTimes(const Column& column, int64_t numerator, int64_t denominator, int64_t* out) {
  ReadInto(column, TimeTarget{out, numerator, denominator});
}

void ReadFloats(const Column& column, bool nan_is_missing, float* out) {
  ReadInto(column, FloatTarget{out, nan_is_missing});
}

void ReadDigits(const Column& column, std::string* out) { ReadInto(column, DigitsTarget{out}); }

void ReadWeights(const Column& column, float* out) { ReadInto(column, WeightTarget{out}); }

void ReadCodes(const Column& column, int64_t bound, bool may_be_missing,
               const std::string& expected, float* out) {
  ReadInto(column, CodeTarget{out, bound, may_be_missing, &expected});
}

}  // namespace tidewright::hdf5
