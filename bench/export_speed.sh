#!/usr/bin/env bash
# Exports a recommender of 1 M users x 128 factors and prints, a format, the megabytes written a second and the peak memory
# over the size of the model's file; fails where a model of more than 256 MB takes 1.3 times its size. Nothing else should
# run: figures are of the whole command, reading and checking the artifact included. HNSW is left out where the program was
# built without libfaiss.
#
#   bench/export_speed.sh [USERS] [FACTORS] [FOLDER] [RUNS] [FORMS]
#
# 1000000 users, 128 factors and a folder of build/bench where nothing is given. RUNS (1): how often each is exported. FORMS: which
# ones, with commas between: "safetensors,faiss --index hnsw" (all of them).
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${TIDEWRIGHT_BIN:-build/cpu/bin}
users=${1:-1000000}
factors=${2:-128}
mkdir -p build/bench
work=$(mktemp -d "${3:-build/bench}/export_speed.XXXXXX")
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 - "$bin/tidewright" "$users" "$factors" "$work" "${4:-1}" "${5:-}" <<'P'
import json, os, statistics, subprocess, sys, time

import h5py
import numpy

binary, users, factors, work, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
random = numpy.random.default_rng(1)
items = 20000
data = os.path.join(work, "data.h5")
with h5py.File(data, "w") as file:  # AnnData's matrix: two items a user
    file.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [users, items]})
    first = random.integers(0, items // 2, users)
    file["indices"] = numpy.stack([first, first + items // 2], 1).astype(numpy.int32).ravel()
    file["indptr"] = numpy.arange(0, 2 * users + 1, 2, dtype=numpy.int64)
    file["data"] = numpy.ones(2 * users, numpy.float32)
model = os.path.join(work, "model")
subprocess.run([binary, "train", "ials", data, "-o", model, "--factors", str(factors), "--epochs", "1", "--split", "none",
                "--device", "cpu", "--solver", "cg", "--no-history"], check=True, stdout=subprocess.DEVNULL,
               stderr=subprocess.DEVNULL)
name = json.load(open(model + "/manifest.json"))["files"]["model"]["name"]
size = os.path.getsize(os.path.join(model, name))
print(f"model: {users} users, {items} items, {factors} factors, {size / 1e6:.0f} MB")


def bytes_of(path):
    return sum(os.path.getsize(os.path.join(folder, file)) for folder, _, files in os.walk(path) for file in files)


forms = ["safetensors", "faiss", "onnx"]
forms += [f"{form} --precision {precision}" for form in ("safetensors", "faiss") for precision in ("fp16", "int8")]
forms += ["safetensors --augment", "faiss --augment", "faiss --index hnsw", "triton", "ndjson"]
if sys.argv[6]:
    forms = sys.argv[6].split(",")


def spread(rates):
    return f"{statistics.median(rates):5.0f} ({min(rates):.0f} to {max(rates):.0f}) MB/s"


def disk(count):
    """Megabytes a second of zeros to a new file, until they are stored."""
    path, piece = os.path.join(work, "zeros"), bytes(1 << 22)
    begin = time.monotonic()
    with open(path, "wb", buffering=0) as file:
        for _ in range(count // len(piece)):
            file.write(piece)
        os.fsync(file.fileno())
    rate = count / 1e6 / (time.monotonic() - begin)
    os.remove(path)
    return rate


too_much, disks = [], []
for form in forms:
    out = os.path.join(work, "out")
    rates, peaks = [], []
    for _ in range(runs):
        disks.append(disk(size))
        begin = time.monotonic()
        with open(os.path.join(work, "said"), "w+") as said:
            export = subprocess.Popen([binary, "export", model, "-o", out, "--format", *form.split()], stderr=said)
            _, status, usage = os.wait4(export.pid, 0)
            said.seek(0)
            told = said.read()
        seconds = time.monotonic() - begin
        if "built without libfaiss" in told:
            break
        assert status == 0, f"{form}: {told}"
        written = bytes_of(out)
        rates.append(written / 1e6 / seconds)
        peaks.append(usage.ru_maxrss * 1024 / size)
        subprocess.run(["rm", "-rf", out], check=True)
    if not rates:
        continue
    print(f"{form:30} {written / 1e6:7.0f} MB written  {spread(rates)}  peak {max(peaks):.2f} times the model", flush=True)
    if size > 256e6 and max(peaks) >= 1.3:
        too_much.append(form)
print(f"the disk itself, between them: {spread(disks)}")
if too_much:
    sys.exit("1.3 times the model or more: " + ", ".join(too_much))
P
