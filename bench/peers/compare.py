"""Runs implicit's ALS and Tidewright's iALS in turn on the same matrix, objective and threads. implicit.sh starts it.

    epoch DATA.h5   seconds an epoch of both: the median of each run's epochs without the first, the ratio of each
                    alternation, the median ratio and its range
    loss  DATA.h5   the loss that implicit has after its iterations, by the evaluator of loss.py, and the seconds of
                    training until Tidewright has it: by every --ours once, then the fastest of them in alternations
"""

import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys

import numpy as np

import loss

HERE = pathlib.Path(__file__).resolve().parent


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["epoch", "loss"])
    parser.add_argument("data", help="HDF5, as tidewright train reads it; every value counts as 1")
    parser.add_argument("--factors", default="64,128,256")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=4, help="of a run of `epoch`; the first is not counted [4]")
    parser.add_argument("--iterations", type=int, default=15, help="of implicit, for `loss` [15: its default]")
    parser.add_argument("--max-epochs", type=int, default=15, help="after which `loss` gives up [15]")
    parser.add_argument("--cg-steps", type=int, default=3, help="of implicit [3: its default]")
    parser.add_argument("--confidence", type=float, default=2,
                        help="implicit's C of an observed pair, above 1 [2: one more than of a pair not observed]")
    parser.add_argument("--regularization", type=float, default=0.01, help="implicit's lambda' [0.01: its default]")
    parser.add_argument("--ours", action="append",
                        help="options of `tidewright train` to compare; may be repeated for `loss` "
                             "[epoch: '--solver cg --cg-steps 3'; loss: cholesky, cg with 3 steps, ialspp]")
    parser.add_argument("--tidewright", default="build/cpu/bin/tidewright")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/bench/peers"))
    options = parser.parse_args()
    if options.confidence <= 1:
        parser.error("--confidence: with C at most 1 Tidewright has no such objective; give more than 1")
    if not options.ours:
        cg = "--solver cg --cg-steps 3"
        options.ours = [cg] if options.what == "epoch" else [cg, "--solver cholesky", "--solver ialspp"]
    if options.what == "epoch" and len(options.ours) > 1:
        parser.error("--ours: `epoch` compares one")
    return options


class Contest:
    def __init__(self, options):
        self.options = options
        self.a2 = loss.scale_squared(options.confidence)
        self.name = pathlib.Path(options.data).stem
        options.work.mkdir(parents=True, exist_ok=True)
        cores = sorted(os.sched_getaffinity(0))[: options.threads]
        if len(cores) < options.threads:
            sys.exit(f"--threads {options.threads}: this process may run on {len(cores)} cores")
        os.sched_setaffinity(0, cores)  # both programs inherit it
        self.cores = cores
        self.history_of = self.train("history", 8, 1, "--solver cholesky")
        self.history = loss.artifact_part(self.history_of, "history")
        values = self.history["values"]
        if options.confidence != 2 and not np.all(values == 1):
            sys.exit(f"{options.data}: has values other than 1; --confidence 2, which takes none of them, is possible alone")
        if np.any(values < 0):
            sys.exit(f"{options.data}: has dislikes; this comparison has none")
        self.peer = {}

    def train(self, name, factors, epochs, ours):
        """Trains; the artifact's directory."""
        options = self.options
        print(f"Tidewright, {name}: {factors} factors, at most {epochs} epochs, {ours}", file=sys.stderr, flush=True)
        directory = options.work / f"{self.name}-{name}"
        command = [options.tidewright, "train", "ials", options.data, "-o", str(directory), "--split", "none",
                   "--device", "cpu", "--threads", str(options.threads), "--factors", str(factors), "--epochs", str(epochs),
                   "--unobserved-weight", "1", "--frequency-exponent", "0", "--alpha", str(options.confidence - 2),
                   "--regularization", repr(options.regularization / self.a2), *shlex.split(ours)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            sys.exit(f"{shlex.join(command)}\n{result.stderr}")
        return str(directory)

    def ours(self, factors, epochs, ours):
        directory = self.train("ours", factors, epochs, ours)
        with open(directory + "/run.json", encoding="utf-8") as file:
            seconds = json.load(file)["epoch_seconds"]
        with open(directory + "/metrics.jsonl", encoding="utf-8") as file:
            losses = [json.loads(line)["loss"] for line in file]
        return directory, seconds, losses

    def theirs(self, factors, iterations, save=False):
        options = self.options
        print(f"implicit: {factors} factors, {iterations} iterations", file=sys.stderr, flush=True)
        factors_file = str(options.work / f"{self.name}-implicit.npz")
        command = [sys.executable, str(HERE / "run_implicit.py"), self.history_of, "--factors", str(factors),
                   "--iterations", str(iterations), "--confidence", str(options.confidence), "--regularization",
                   str(options.regularization), "--cg-steps", str(options.cg_steps), "--threads", str(options.threads)]
        result = subprocess.run(command + (["--save", factors_file] if save else []), capture_output=True, text=True, check=False)
        if result.returncode != 0:
            sys.exit(f"{shlex.join(command)}\n{result.stderr}")
        self.peer = json.loads(result.stdout.splitlines()[-1])
        return factors_file, self.peer["seconds"]

    def evaluate_theirs(self, factors_file):
        """Tidewright's objective of implicit's factors."""
        factors = np.load(factors_file)
        observed = self.options.confidence * len(self.history["ids"])
        found = loss.implicit_loss(factors["user_factors"], factors["item_factors"], self.history,
                                   self.options.confidence, self.options.regularization)
        return (found - observed) / self.a2**2 + (self.options.confidence - 1) * len(self.history["ids"])

    def about(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
        version = subprocess.run([self.options.tidewright, "--version"], capture_output=True, text=True, check=True).stdout
        return (f"{self.name}: {len(self.history['offsets']) - 1} users, {len(self.history['ids'])} entries; "
                f"C {self.options.confidence:g}, lambda' {self.options.regularization:g}; {model}, {self.options.threads} threads "
                f"on cores {','.join(map(str, self.cores))}\n{version.splitlines()[0]}; {self.peer['versions']}; "
                f"{self.peer['blas']}")

    def save(self, rows):
        path = self.options.work / f"{self.options.what}-{self.name}.json"
        path.write_text(json.dumps({"about": self.about(), "rows": rows}, indent=1) + "\n", encoding="utf-8")
        print(f"\neach run's figures: {path}")


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def in_turn(alternations, first, second):
    """Calls both `alternations` times, each going first every other time."""
    for turn in range(alternations):
        for call in (first, second) if turn % 2 == 0 else (second, first):
            call()


def epoch_mode(contest, options):
    rows = []
    for factors in map(int, options.factors.split(",")):
        ours, theirs, state = [], [], {}

        def run_ours(f=factors, seconds=ours, out=state):
            out["directory"], epochs, _ = contest.ours(f, options.epochs, options.ours[0])
            seconds.append(statistics.median(epochs[1:]))

        def run_theirs(f=factors, seconds=theirs, out=state):
            out["file"], epochs = contest.theirs(f, options.epochs, save=True)
            seconds.append(statistics.median(epochs[1:]))

        in_turn(options.alternations, run_theirs, run_ours)
        _, our_loss, difference = loss.check_artifact(state["directory"])
        if difference > loss.TOLERANCE:
            sys.exit(f"{factors} factors: the reported loss is {difference:.1e} from the evaluator's")
        row = {"factors": factors, "ours": ours, "implicit": theirs, "ratio": [b / a for a, b in zip(ours, theirs)],
               "our_loss": our_loss, "implicit_loss": contest.evaluate_theirs(state["file"])}
        if not rows:
            print(contest.about() + f"\ntidewright train ials {options.ours[0]}; {options.alternations} alternations; "
                  f"losses after {options.epochs} epochs\n")
            print("| factors | implicit, s an epoch | Tidewright, s an epoch | times faster, median (range) | loss, implicit | "
                  "loss, Tidewright |\n|---|---|---|---|---|---|")
        rows.append(row)
        print(f"| {factors} | {spread(theirs, 3)} | {spread(ours, 3)} | {spread(row['ratio'], 2)} | "
              f"{row['implicit_loss']:.0f} | {our_loss:.0f} |", flush=True)
    contest.save(rows)


def reach(contest, options, factors, ours, target):
    """(epochs, seconds) until the loss is at most `target`, or None."""
    directory, seconds, losses = contest.ours(factors, options.max_epochs, ours)
    difference = loss.check_artifact(directory)[2]
    if difference > loss.TOLERANCE:
        sys.exit(f"{ours}, {factors} factors: the reported loss is {difference:.1e} from the evaluator's")
    needed = next((epoch for epoch, value in enumerate(losses, 1) if value <= target), None)
    return None if needed is None else (needed, sum(seconds[:needed]))


def loss_mode(contest, options):
    rows = []
    for factors in map(int, options.factors.split(",")):
        file, seconds = contest.theirs(factors, options.iterations, save=True)
        target, theirs = contest.evaluate_theirs(file), [sum(seconds)]
        if not rows:
            print(contest.about() + f"\nimplicit: {options.iterations} iterations; {options.alternations} alternations\n")
            print("| factors | loss | implicit, s | Tidewright | epochs | s | times faster, median (range) |\n"
                  "|---|---|---|---|---|---|---|")
        tried = {ours: reach(contest, options, factors, ours, target) for ours in options.ours}
        reached = {ours: found for ours, found in tried.items() if found}
        best = min(reached, key=lambda ours: reached[ours][1]) if reached else None
        row = {"factors": factors, "target": target, "tried": tried, "best": best}
        for ours in options.ours:
            if ours == best:
                continue
            epochs, spent = tried[ours] or (f"more than {options.max_epochs}", None)
            print(f"| {factors} | {target:.0f} | {theirs[0]:.2f} | `{ours}` | {epochs} | "
                  + (f"{spent:.2f} | {theirs[0] / spent:.2f} (once) |" if spent else "| |"), flush=True)
        if best:
            epochs, spent = reached[best]
            mine = [spent]

            def run_ours(f=factors, total=mine, ours=best, count=epochs):
                total.append(sum(contest.ours(f, count, ours)[1]))

            def run_theirs(f=factors, total=theirs):
                total.append(sum(contest.theirs(f, options.iterations)[1]))

            in_turn(options.alternations - 1, run_ours, run_theirs)
            row.update(ours=mine, implicit=theirs, ratio=[b / a for a, b in zip(mine, theirs)])
            print(f"| {factors} | {target:.0f} | {spread(theirs, 2)} | **`{best}`** | {epochs} | {spread(mine, 2)} | "
                  f"{spread(row['ratio'], 2)} |", flush=True)
        rows.append(row)
    contest.save(rows)


def main():
    options = parse()
    contest = Contest(options)
    (epoch_mode if options.what == "epoch" else loss_mode)(contest, options)


if __name__ == "__main__":
    main()
