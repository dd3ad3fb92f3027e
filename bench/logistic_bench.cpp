// What a pass of logistic regression does with dense columns - margins = values times coefficients,
// gradient = values transposed times residuals - by the program's own kernels and by OpenBLAS:
// compares both with sums in double, then times them in turn.
//   logistic_bench [ROWS [REPEATS [LIBRARY]]]     (1,000,000 rows, 20 repeats, libopenblas.so.0)
// Values are float32 in the blocks that the solver has. "block by block": each block by one BLAS
// thread, sums over blocks in double and in order, so that the answer is the same for any number of
// threads. "whole": one call of each for the whole matrix, column-major, with BLAS's own threads.
// Errors are the largest ones; residuals are those of weights that sum to 1, so that the gradient's
// error is in the unit of --tolerance. The library is loaded at run time: the program needs none.
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "host/bench/quartiles.h"
#include "host/core/aligned.h"
#include "host/core/clock.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/logistic/encoded_table.h"
#include "host/logistic/logistic_table.h"

namespace tidewright {
namespace {

constexpr int64_t kParts = 64;  // of the blocks: as many as the solver has
constexpr int kColumnMajor = 102;
constexpr int kAsItIs = 111;
constexpr int kTransposed = 112;

// cblas_?gemv: order, transposition, rows, columns, alpha, A, lda, x, 1, beta, y, 1.
template <class T>
using Gemv = void (*)(int, int, int, int, T, const T*, int, const T*, int, T, T*, int);

struct Blas {
  Gemv<float> sgemv = nullptr;
  Gemv<double> dgemv = nullptr;
  void (*set_threads)(int) = nullptr;
  std::string about;
};

Blas LoadBlas(const char* name) {
  void* library = dlopen(name, RTLD_NOW);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto find = [&](const char* symbol) {
    void* found = dlsym(library, symbol);
    if (found == nullptr) throw std::runtime_error(std::string(name) + " has no " + symbol);
    return found;
  };
  Blas blas;
  blas.sgemv = reinterpret_cast<Gemv<float>>(find("cblas_sgemv"));
  blas.dgemv = reinterpret_cast<Gemv<double>>(find("cblas_dgemv"));
  blas.set_threads = reinterpret_cast<void (*)(int)>(find("openblas_set_num_threads"));
  blas.about = reinterpret_cast<char* (*)()>(find("openblas_get_config"))();
  return blas;
}

// Values of about one standard deviation, in blocks as EncodedTable has them.
struct Problem {
  int64_t columns = 0;
  int64_t block_rows = 0;
  int64_t blocks = 0;
  AlignedVector<float> values;
  AlignedVector<double> residual;
  std::vector<double> coefficient;

  int64_t rows() const { return blocks * block_rows; }
  const float* Block(int64_t block) const { return values.data() + block * columns * block_rows; }
};

double Draw(uint64_t stream, int64_t index) {
  const PhiloxDraw draw = Philox(1, stream, static_cast<uint64_t>(index));
  return UniformDouble(draw.word[0], draw.word[1]) - 0.5;
}

Problem MakeProblem(int64_t rows, int64_t columns) {
  Problem problem;
  problem.columns = columns;
  problem.block_rows = BlockRows(columns);
  problem.blocks = (rows + problem.block_rows - 1) / problem.block_rows;
  problem.values.resize(static_cast<size_t>(problem.rows() * columns));
  ParallelBlocks(problem.blocks, [&](int64_t block, int) {
    const int64_t begin = block * columns * problem.block_rows;
    for (int64_t i = begin; i < begin + columns * problem.block_rows; ++i) {
      problem.values[i] = static_cast<float>(3.4 * Draw(0, i));
    }
  });
  for (int64_t row = 0; row < problem.rows(); ++row) {
    problem.residual.push_back(Draw(1, row) / static_cast<double>(problem.rows()));
  }
  for (int64_t column = 0; column < columns; ++column) {
    problem.coefficient.push_back(Draw(2, column));
  }
  return problem;
}

struct Answer {
  AlignedVector<double> margin;
  std::vector<double> gradient;
};

// body(block, margins of the block, gradient of its part), over the parts of the blocks.
void OverBlocks(const Problem& problem, Answer* answer,
                const std::function<void(int64_t, double*, double*)>& body) {
  const int64_t parts = std::min(kParts, problem.blocks);
  std::vector<std::vector<double>> sums(static_cast<size_t>(parts));
  ParallelBlocks(parts, [&](int64_t part, int) {
    sums[part].assign(static_cast<size_t>(problem.columns), 0.0);
    for (int64_t block = problem.blocks * part / parts; block < problem.blocks * (part + 1) / parts;
         ++block) {
      body(block, answer->margin.data() + block * problem.block_rows, sums[part].data());
    }
  });
  answer->gradient.assign(static_cast<size_t>(problem.columns), 0.0);
  for (const std::vector<double>& sum : sums) {
    for (int64_t j = 0; j < problem.columns; ++j) answer->gradient[j] += sum[j];
  }
}

void Own(const Problem& problem, Answer* answer) {
  OverBlocks(problem, answer, [&](int64_t block, double* margin, double* gradient) {
    std::fill(margin, margin + problem.block_rows, 0.0);
    AddColumns(problem.Block(block), problem.columns, problem.block_rows,
               problem.coefficient.data(), margin);
    DotColumns(problem.Block(block), problem.columns, problem.block_rows,
               problem.residual.data() + block * problem.block_rows, gradient);
  });
}

// The same by BLAS, `values` of type T laid out as the problem's.
template <class T>
void ByBlocks(const Problem& problem, Gemv<T> gemv, const T* values, Answer* answer) {
  const std::vector<T> coefficient(problem.coefficient.begin(), problem.coefficient.end());
  const int rows = static_cast<int>(problem.block_rows);
  const int columns = static_cast<int>(problem.columns);
  OverBlocks(problem, answer, [&](int64_t block, double* margin, double* gradient) {
    thread_local std::vector<T> of_rows;
    thread_local std::vector<T> of_columns;
    of_rows.resize(static_cast<size_t>(rows));
    of_columns.resize(static_cast<size_t>(columns));
    const T* from = values + block * columns * rows;
    gemv(kColumnMajor, kAsItIs, rows, columns, 1, from, rows, coefficient.data(), 1, 0,
         of_rows.data(), 1);
    std::copy(of_rows.begin(), of_rows.end(), margin);
    const double* residual = problem.residual.data() + block * rows;
    for (int i = 0; i < rows; ++i) of_rows[i] = static_cast<T>(residual[i]);
    gemv(kColumnMajor, kTransposed, rows, columns, 1, from, rows, of_rows.data(), 1, 0,
         of_columns.data(), 1);
    for (int j = 0; j < columns; ++j) gradient[j] += of_columns[j];
  });
}

void Whole(const Problem& problem, const Blas& blas, const float* values, Answer* answer) {
  const std::vector<float> coefficient(problem.coefficient.begin(), problem.coefficient.end());
  const auto rows = static_cast<int>(problem.rows());
  const auto columns = static_cast<int>(problem.columns);
  std::vector<float> of_rows(static_cast<size_t>(rows));
  std::vector<float> of_columns(static_cast<size_t>(columns));
  blas.sgemv(kColumnMajor, kAsItIs, rows, columns, 1, values, rows, coefficient.data(), 1, 0,
             of_rows.data(), 1);
  std::copy(of_rows.begin(), of_rows.end(), answer->margin.begin());
  for (int i = 0; i < rows; ++i) of_rows[i] = static_cast<float>(problem.residual[i]);
  blas.sgemv(kColumnMajor, kTransposed, rows, columns, 1, values, rows, of_rows.data(), 1, 0,
             of_columns.data(), 1);
  answer->gradient.assign(of_columns.begin(), of_columns.end());
}

// Sums in double, column by column.
Answer Expected(const Problem& problem) {
  Answer answer;
  answer.margin.assign(static_cast<size_t>(problem.rows()), 0.0);
  answer.gradient.assign(static_cast<size_t>(problem.columns), 0.0);
  for (int64_t block = 0; block < problem.blocks; ++block) {
    for (int64_t j = 0; j < problem.columns; ++j) {
      const float* column = problem.Block(block) + j * problem.block_rows;
      for (int64_t i = 0; i < problem.block_rows; ++i) {
        const int64_t row = block * problem.block_rows + i;
        answer.margin[row] += problem.coefficient[j] * column[i];
        answer.gradient[j] += problem.residual[row] * column[i];
      }
    }
  }
  return answer;
}

template <class Numbers>
double LargestError(const Numbers& found, const Numbers& expected) {
  double largest = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(found[i] - expected[i]));
  }
  return largest;
}

struct Contender {
  std::string name;
  bool blas_threads = false;
  double allowed = 0;  // error of a margin
  std::function<void(Answer*)> run;
  std::vector<double> milliseconds = {};
};

void Compare(const Problem& problem, const Blas& blas, int threads, int repeats,
             std::vector<Contender>* contenders, const Answer& expected) {
  SetNumThreads(threads);
  std::vector<Answer> answers(contenders->size());
  for (Answer& answer : answers) answer.margin.resize(static_cast<size_t>(problem.rows()));
  for (int repeat = -1; repeat < repeats; ++repeat) {  // the first warms up
    for (size_t at = 0; at < contenders->size(); ++at) {
      Contender& contender = (*contenders)[at];
      blas.set_threads(contender.blas_threads ? threads : 1);
      const Clock::time_point begin = Clock::now();
      contender.run(&answers[at]);
      if (repeat >= 0) contender.milliseconds.push_back(1e3 * SecondsSince(begin));
    }
  }
  for (size_t at = 0; at < contenders->size(); ++at) {
    Contender& contender = (*contenders)[at];
    const double of_margins = LargestError(answers[at].margin, expected.margin);
    const double of_gradient = LargestError(answers[at].gradient, expected.gradient);
    if (!(of_margins <= contender.allowed)) {
      throw std::runtime_error("WRONG: " + contender.name + " has other margins");
    }
    const Quartiles times = QuartilesOf(std::exchange(contender.milliseconds, {}));
    std::printf("| %lld | %d | %s | %.1f (%.1f - %.1f) | %.0e | %.0e |\n",
                static_cast<long long>(problem.columns), threads, contender.name.c_str(),
                times.median, times.low, times.high, of_margins, of_gradient);
    std::fflush(stdout);
  }
}

void TimeShape(int64_t rows, int64_t columns, int repeats, const Blas& blas) {
  const Problem problem = MakeProblem(rows, columns);
  const Answer expected = Expected(problem);
  const AlignedVector<double> doubles(problem.values.begin(), problem.values.end());
  AlignedVector<float> column_major(problem.values.size());
  for (int64_t block = 0; block < problem.blocks; ++block) {
    for (int64_t j = 0; j < columns; ++j) {
      const float* column = problem.Block(block) + j * problem.block_rows;
      std::copy(column, column + problem.block_rows,
                column_major.data() + j * problem.rows() + block * problem.block_rows);
    }
  }
  std::vector<Contender> contenders = {
      {"own: float32 values, sums in double", false, 1e-12,
       [&](Answer* answer) { Own(problem, answer); }},
      {"OpenBLAS sgemv, block by block", false, 1e-4,
       [&](Answer* answer) { ByBlocks(problem, blas.sgemv, problem.values.data(), answer); }},
      {"OpenBLAS dgemv, block by block, values in double", false, 1e-12,
       [&](Answer* answer) { ByBlocks(problem, blas.dgemv, doubles.data(), answer); }},
      {"OpenBLAS sgemv, whole", true, 1e-4,
       [&](Answer* answer) { Whole(problem, blas, column_major.data(), answer); }}};
  std::vector<int> threads = {1};
  SetNumThreads(0);
  if (NumThreads() > 1) threads.push_back(NumThreads());
  for (const int count : threads) Compare(problem, blas, count, repeats, &contenders, expected);
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  const int64_t rows = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 20;
  try {
    const tidewright::Blas blas = tidewright::LoadBlas(argc > 3 ? argv[3] : "libopenblas.so.0");
    std::printf("%s; %lld rows\n", blas.about.c_str(), static_cast<long long>(rows));
    std::printf(
        "| columns | threads | | ms, median (quartiles) | error of a margin | of the gradient |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const int64_t columns : {28, 100}) {
      tidewright::TimeShape(rows, columns, std::max(1, repeats), blas);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
