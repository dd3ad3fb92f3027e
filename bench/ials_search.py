#!/usr/bin/python3
"""Chooses iALS settings on a validation part: walks uphill over grids, one setting at a time, from a start. Every trial goes
into a CSV and is not run again, so that a search that was stopped goes on where it was. The test part is not looked at.
Prints the choice: regularization, unobserved weight, frequency exponent, epoch, metric.

What is within --within of the best is not worse: of those trials the most regularized is taken, and of its epochs the
earliest (the one-standard-error rule of Breiman et al., 1984).

    bench/ials_search.py DATA.h5 --memory TRIALS.csv --factors 256 --validate random:0.2 --metric ndcg@20
"""

import argparse
import csv
import json
import math
import pathlib
import shlex
import subprocess
import sys
import time

REGULARIZATION = "0.0005,0.0007,0.001,0.0014,0.002,0.003,0.004,0.006,0.008,0.012,0.016,0.024,0.032"
UNOBSERVED = "0.002,0.003,0.005,0.007,0.01,0.014,0.02,0.03,0.04,0.06,0.1,0.2,0.4,1"
KEY = ["data", "factors", "train", "split", "validate", "metric", "patience", "max_epochs", "seed",
       "regularization", "unobserved_weight", "frequency_exponent"]
COLUMNS = KEY + ["best_epoch", "value", "curve", "seconds"]
DIVERGED = 6


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--memory", required=True, type=pathlib.Path, help="CSV of the trials, read and added to")
    parser.add_argument("--factors", type=int, required=True)
    parser.add_argument("--split", default="file")
    parser.add_argument("--validate", default="random:0.2")
    parser.add_argument("--metric", default="ndcg@20")
    parser.add_argument("--start", default="0.003,0.014,1", help="regularization,unobserved weight,frequency exponent")
    parser.add_argument("--regularization", default=REGULARIZATION, help="values to choose from, rising")
    parser.add_argument("--unobserved-weight", default=UNOBSERVED)
    parser.add_argument("--frequency-exponent", default="1")
    parser.add_argument("--epochs", type=int, default=16, help="at most [16]")
    parser.add_argument("--patience", type=int, default=1)
    parser.add_argument("--max-trials", type=int, default=30, help="of this search, those in the memory included [30]")
    parser.add_argument("--within", type=float, default=0.0012, help="of the best metric that counts as no worse [0.0012]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", default="", help="more options of `tidewright train`, as '--solver cg --device cpu'")
    parser.add_argument("--tidewright", default="build/cpu/bin/tidewright")
    return parser.parse_args()


def grid(text):
    return [float(value) for value in text.split(",")]


def nearest(values, wanted):
    return min(range(len(values)), key=lambda i: abs(math.log(max(values[i], 1e-9) / max(wanted, 1e-9))))


class Search:
    def __init__(self, options):
        self.options = options
        self.grids = [grid(options.regularization), grid(options.unobserved_weight), grid(options.frequency_exponent)]
        self.known = {}
        self.used = set()
        if options.memory.exists():
            with open(options.memory, newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self.known[tuple(row[name] for name in KEY)] = row

    def key(self, point):
        o = self.options
        settings = [f"{grid_values[i]:g}" for grid_values, i in zip(self.grids, point)]
        return tuple(map(str, [pathlib.Path(o.data).name, o.factors, o.train, o.split, o.validate, o.metric, o.patience,
                               o.epochs, o.seed])) + tuple(settings)

    def value(self, point):
        """The best validation metric at a point of the grids; -1 outside them, and where no trials are left."""
        if any(not 0 <= i < len(values) for i, values in zip(point, self.grids)):
            return -1.0
        key = self.key(point)
        if key not in self.used and len(self.used) >= self.options.max_trials:
            return -1.0
        self.used.add(key)
        if key not in self.known:
            self.known[key] = self.run(key)
        return float(self.known[key]["value"])

    def run(self, key):
        o = self.options
        row = dict(zip(KEY, key))
        output = o.memory.with_suffix(".model")
        command = [o.tidewright, "train", "ials", o.data, "-o", str(output), "--split", o.split, "--validate", o.validate,
                   "--validate-metric", o.metric, "--patience", str(o.patience), "--factors", str(o.factors),
                   "--epochs", str(o.epochs), "--regularization", row["regularization"], "--unobserved-weight",
                   row["unobserved_weight"], "--frequency-exponent", row["frequency_exponent"], "--seed", str(o.seed),
                   *shlex.split(o.train)]
        begin = time.monotonic()
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        row["seconds"] = f"{time.monotonic() - begin:.1f}"
        if result.returncode == DIVERGED:
            row.update(best_epoch=0, value=0.0, curve="")
        elif result.returncode != 0:
            sys.exit(f"{shlex.join(command)}\n{result.stderr}")
        else:
            with open(output / "metrics.jsonl", encoding="utf-8") as file:
                epochs = [json.loads(line) for line in file]
            best = max(epochs, key=lambda epoch: epoch[o.metric])
            row.update(best_epoch=best["epoch"], value=f"{best[o.metric]:.6f}",
                       curve=" ".join(f"{epoch[o.metric]:.6f}" for epoch in epochs))
        new = not o.memory.exists()
        with open(o.memory, "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(f"{o.factors} factors, regularization {row['regularization']}, unobserved weight {row['unobserved_weight']}, "
              f"exponent {row['frequency_exponent']}: {o.metric} {row['value']} in epoch {row['best_epoch']} "
              f"({row['seconds']} s)", file=sys.stderr, flush=True)
        return row

    def climb(self):
        point = tuple(nearest(values, float(start)) for values, start in zip(self.grids, self.options.start.split(",")))
        best = self.value(point)
        improved = True
        while improved:
            improved = False
            for axis in range(len(self.grids)):
                for step in (1, -1):
                    moved = False
                    while True:
                        candidate = tuple(i + step * (a == axis) for a, i in enumerate(point))
                        value = self.value(candidate)
                        if value <= best:
                            break
                        point, best, moved, improved = candidate, value, True, True
                    if moved:
                        break

    def choose(self):
        trials = [self.known[key] for key in self.used]
        enough = max(float(row["value"]) for row in trials) - self.options.within
        good = [row for row in trials if float(row["value"]) >= enough]
        chosen = max(good, key=lambda row: (float(row["regularization"]), float(row["value"])))
        curve = [float(value) for value in chosen["curve"].split()]
        epoch = next(i for i, value in enumerate(curve, 1) if value >= enough)
        return chosen, epoch, curve[epoch - 1]


def main():
    options = parse()
    options.memory.parent.mkdir(parents=True, exist_ok=True)
    search = Search(options)
    search.climb()
    chosen, epoch, value = search.choose()
    print(chosen["regularization"], chosen["unobserved_weight"], chosen["frequency_exponent"], epoch, f"{value:.6f}")


if __name__ == "__main__":
    main()
