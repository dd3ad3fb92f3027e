"""Runs `tidewright recommend` and implicit's `recommend` in turn: every user of an artifact, the same factors, histories
masked, k items, threads and cores. implicit.sh starts it.

    recommend DATA.h5     seconds: of implicit the one call, its factors and matrix in memory; of Tidewright the whole
                          program, from the artifact on disk to the file with all lists. The lists are compared first
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import implicit
import numpy as np
import scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares

import loss
from compare import in_turn, spread

TIE = 1e-5  # relative difference of two scores that may stand in either order


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["recommend"])
    parser.add_argument("data", help="HDF5, as tidewright train reads it")
    parser.add_argument("--factors", default="64,256")
    parser.add_argument("-k", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=3, help="of the training before [3]")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--tidewright", default="build/cpu/bin/tidewright")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/bench/peers"))
    return parser.parse_args()


def run(command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")


class Peer:
    def __init__(self, directory, threads):
        model, history = (loss.artifact_part(directory, part) for part in ("model", "history"))
        self.users, self.items = model["user_factors"], model["item_factors"]
        values = np.ones(len(history["ids"]), np.float32)
        self.seen = scipy.sparse.csr_matrix((values, history["ids"], history["offsets"]), (len(self.users), len(self.items)))
        self.als = AlternatingLeastSquares(factors=self.users.shape[1], num_threads=threads)
        self.als.user_factors, self.als.item_factors = self.users, self.items

    def recommend(self, k):
        return self.als.recommend(np.arange(len(self.users)), self.seen, N=k, filter_already_liked_items=True)


def ids_of(directory, side):
    part = loss.artifact_part(directory, "ids")
    text, offsets = part[f"{side}_bytes"].tobytes(), part[f"{side}_offsets"]
    return [text[begin:end].decode() for begin, end in zip(offsets[:-1], offsets[1:])]


def compare_lists(lines, directory, peer, ids, scores):
    """How many users have the same list; fails where a list differs by more than the order of ties."""
    row_of = {name: row for row, name in enumerate(ids_of(directory, "item"))}
    same = 0
    with open(lines, encoding="utf-8") as file:
        for user, line in enumerate(file):
            entry = json.loads(line)
            ours = np.array([row_of[item["item"]] for item in entry["items"]])
            # implicit fills a list that runs out of items with hidden ones, at the lowest score there is.
            left = (ids[user] >= 0) & (scores[user] > np.finfo(np.float32).min)
            theirs = ids[user][left]
            if len(theirs) != len(ours):
                sys.exit(f"{directory}: user {entry['user']} has {len(ours)} items, and {len(theirs)} from implicit")
            if np.array_equal(ours, theirs):
                same += 1
                continue
            exact = peer.items[ours].astype(np.float64) @ peer.users[user].astype(np.float64)
            scale = np.maximum(np.abs(exact), np.abs(exact).max() * TIE)
            if np.any(np.abs(exact - scores[user][left]) > TIE * scale):
                sys.exit(f"{directory}: user {entry['user']} has other items than implicit recommends")
    return same


def main():
    options = parse()
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    os.sched_setaffinity(0, cores)
    print(f"k {options.k}, {len(cores)} threads, {options.alternations} alternations; implicit {implicit.__version__}\n")
    print("| factors | users x items | implicit, s | Tidewright, s | times faster, median (range) | equal lists |\n"
          "|---|---|---|---|---|---|")
    name = pathlib.Path(options.data).stem
    options.work.mkdir(parents=True, exist_ok=True)
    for factors in map(int, options.factors.split(",")):
        directory = str(options.work / f"{name}-recommend-{factors}")
        run([options.tidewright, "train", "ials", options.data, "-o", directory, "--split", "none", "--device", "cpu",
             "--factors", str(factors), "--epochs", str(options.epochs)])
        peer = Peer(directory, options.threads)
        command = [options.tidewright, "recommend", directory, "--users", "all", "-k", str(options.k), "--device", "cpu",
                   "--threads", str(options.threads), "-o"]
        lines = str(options.work / "lists.ndjson")
        run([*command, lines])
        same = compare_lists(lines, directory, peer, *peer.recommend(options.k))
        ours, theirs = [], []

        def run_ours(seconds=ours, whole=command):
            begin = time.perf_counter()
            run([*whole, str(options.work / "lists.h5")])
            seconds.append(time.perf_counter() - begin)

        def run_theirs(seconds=theirs, model=peer):
            begin = time.perf_counter()
            model.recommend(options.k)
            seconds.append(time.perf_counter() - begin)

        in_turn(options.alternations, run_theirs, run_ours)
        print(f"| {factors} | {len(peer.users)} x {len(peer.items)} | {spread(theirs, 2)} | {spread(ours, 2)} | "
              f"**{spread([b / a for a, b in zip(ours, theirs)], 2)}** | {same} of {len(peer.users)} |", flush=True)


if __name__ == "__main__":
    main()
