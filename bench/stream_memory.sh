#!/usr/bin/env bash
# Peak memory of `recommend` for every user and of `score` for every row, beside that of the same command for one batch of
# them: what comes in batches takes no more for many than for one. Fails where it does: `recommend` beyond 64 MB, `score`
# beyond 64 MB and 64 bytes a row, in which its ids are.
#
#   bench/stream_memory.sh [USERS] [K] [FACTORS] [FOLDER]     (default: 1000000 100 64 and a folder of build/bench)
#
# A model of one epoch over two items a user, of 20,000; a table of as many rows and 100 columns, trees of its first rows.
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT_BIN:-build/cpu/bin}/tidewright
users=${1:-1000000}
k=${2:-100}
factors=${3:-64}
mkdir -p build/bench
work=$(mktemp -d "${4:-build/bench}/stream_memory.XXXXXX")
trap 'rm -rf "$work"' EXIT

/usr/bin/python3 - "$users" "$work" <<'P'
import os, sys

import h5py
import numpy

users, work = int(sys.argv[1]), sys.argv[2]
random = numpy.random.default_rng(1)
ITEMS, COLUMNS, BATCH, CHUNK = 20000, 100, 4096, 65536
with h5py.File(os.path.join(work, "data.h5"), "w") as file:  # AnnData's matrix: two items a user
    file.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [users, ITEMS]})
    first = random.integers(0, ITEMS // 2, users)
    file["indices"] = numpy.stack([first, first + ITEMS // 2], 1).astype(numpy.int32).ravel()
    file["indptr"] = numpy.arange(0, 2 * users + 1, 2, dtype=numpy.int64)
    file["data"] = numpy.ones(2 * users, numpy.float32)
with open(os.path.join(work, "batch"), "w") as file:
    file.writelines(f"{user}\n" for user in range(min(BATCH, users)))
for name, rows in (("few.h5", min(CHUNK, users)), ("many.h5", users)):
    with h5py.File(os.path.join(work, name), "w") as file:
        for column in range(COLUMNS):
            values = random.random(rows, numpy.float32)
            file.create_dataset(f"columns/x{column}", data=values, chunks=(min(CHUNK, rows),))
        file.create_dataset("label", data=(values + random.random(rows) > 1).astype(numpy.int8))
        file.create_dataset("id", data=numpy.char.mod(b"customer %d", numpy.arange(rows)))
P
quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}
quietly "$tidewright" train ials "$work/data.h5" -o "$work/model" --factors "$factors" --epochs 1 --split none --device cpu \
  --solver cg
quietly "$tidewright" train gbdt "$work/few.h5" -o "$work/trees" --epochs 20 --device cpu
echo "$users users x 20000 items, $factors factors, $(du -s --apparent-size -BM "$work/model" | cut -f1)B; $k items each;" \
  "a table of $users rows x 100 columns"

# A process of its own, and a small one: what starts another counts in the peak of that.
/usr/bin/python3 - "$tidewright" "$users" "$k" "$work" <<'P'
import os, subprocess, sys, time

binary, users, k, work = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
too_much = []


def in_work(name):
    return os.path.join(work, name)


def peak_of(command):
    """MB and seconds of a run that ends well."""
    begin = time.monotonic()
    with open(in_work("log"), "w+") as log:
        process = subprocess.Popen([binary, *command], stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        log.seek(0)
        assert status == 0, log.read()
    return usage.ru_maxrss * 1024 / 1e6, time.monotonic() - begin


def compare(what, output, one, many, allowed):
    of_one, _ = peak_of([*one, "-o", in_work(output)])
    of_many, seconds = peak_of([*many, "-o", in_work(output)])
    size = os.path.getsize(in_work(output)) / 1e6
    os.unlink(in_work(output))
    print(f"{what:10} {output.split('.')[1]:7} {seconds:7.1f} s {size:7.0f} MB written   peak {of_many:6.0f} MB, of one batch "
          f"{of_one:6.0f} MB: {of_many - of_one:+5.0f} MB, allowed {allowed:.0f}", flush=True)
    if of_many - of_one > allowed:
        too_much.append(f"{what} {output}")


recommend = ["recommend", in_work("model"), "--device", "cpu", "-k", k, "--users"]
score = ["score", in_work("trees")]
for output in ("lists.ndjson", "lists.h5"):
    compare("recommend", output, [*recommend, in_work("batch")], [*recommend, "all"], 64)
for output in ("scores.ndjson", "scores.h5"):
    compare("score", output, [*score, in_work("few.h5")], [*score, in_work("many.h5")], 64 + 64 * users / 1e6)
if too_much:
    sys.exit("more memory for many than for one batch: " + ", ".join(too_much))
P
