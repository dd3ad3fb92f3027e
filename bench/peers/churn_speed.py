"""Trains XGBoost, LightGBM and Tidewright's boosted trees in turn on one table. churn.sh starts it.

Printed are medians and ranges over the alternations:
- trees: the seconds of growing them. In all: of the peers, binning and trees, from a matrix in memory; of Tidewright, the
  whole job, from opening the file to the last tree, binning included.
- times faster: the faster peer of the alternation over Tidewright, by trees and in all.
- memory: the peak of the process up to the last tree. Of a peer it holds the interpreter and the matrix of 32-bit floats
  that it is given.
- AUC on the test table.

With --device cuda Tidewright and XGBoost train on the GPU and LightGBM, whose wheel has no CUDA, is left out. The peer's matrix
comes from the host's memory; its copy to the GPU, with a first tree that is thrown away, counts as binning.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import sys

import churn_models
import churn_tables

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ["xgboost", "lightgbm"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", help="HDF5 table to train on")
    parser.add_argument("test", help="HDF5 table of the same columns to judge by")
    parser.add_argument("--leaves", default="64,256", help="of a tree, grown best leaf first [64,256]")
    parser.add_argument("--depth", type=int, default=0, help="grow level by level to this depth instead")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--bins", type=int, default=256)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="where to train [cpu]")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--tidewright", default="build/cpu/bin/tidewright")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/bench/peers-churn"))
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)  # one run of one of them
    parser.add_argument("--setting", type=json.loads, help=argparse.SUPPRESS)
    return parser.parse_args()


def peer_run(options):
    table = churn_tables.Table(options.train)
    fit = churn_models.fit_xgboost if options.peer == "xgboost" else churn_models.fit_lightgbm
    predict, binning, trees = fit(options.setting, table, options.threads)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    test = churn_tables.Table(options.test)
    print(json.dumps({"trees": trees, "all": binning + trees, "memory": memory,
                      "auc": churn_tables.auc(test.label, predict(test.values))}))


class Contest:
    def __init__(self, options):
        self.options = options
        options.work.mkdir(parents=True, exist_ok=True)
        cores = sorted(os.sched_getaffinity(0))[: options.threads]
        if len(cores) < options.threads:
            sys.exit(f"--threads {options.threads}: this process may run on {len(cores)} cores")
        os.sched_setaffinity(0, cores)  # the runs inherit it
        self.cores = cores
        self.peers = PEERS if options.device == "cpu" else ["xgboost"]
        self.program = churn_models.Tidewright(options.tidewright, options.work, options.threads, options.device)
        self.test_label = churn_tables.Table(options.test).label

    def ours(self, setting):
        record, memory = self.program.train("gbdt", self.options.train, churn_models.tidewright_flags(setting))
        probability = self.program.score(self.options.test)
        return {"trees": sum(record["epoch_seconds"]), "all": float(record["facts"]["seconds"]), "memory": memory,
                "auc": churn_tables.auc(self.test_label, probability)}

    def theirs(self, peer, setting):
        options = self.options
        output, _ = churn_models.run(
            [sys.executable, str(HERE / "churn_speed.py"), options.train, options.test, "--threads", str(options.threads),
             "--peer", peer, "--setting", json.dumps(setting)])
        return json.loads(output.splitlines()[-1])

    def about(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
        versions = (HERE / "churn_requirements.txt").read_text(encoding="utf-8").splitlines()[:2]
        versions = [version for version in versions if version.split("==")[0].lower() in self.peers]
        return (f"{pathlib.Path(self.options.train).name}: {self.options.device}; {model}, {self.options.threads} threads on cores "
                f"{','.join(map(str, self.cores))}; {self.program.version()}; {'; '.join(versions)}")


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def compare(contest, options, setting):
    runs = {name: [] for name in ["tidewright", *contest.peers]}
    for turn in range(options.alternations):
        order = list(runs)
        for name in order if turn % 2 == 0 else reversed(order):
            print(f"alternation {turn + 1}: {name}, {setting['leaves'] or setting['depth']}", file=sys.stderr, flush=True)
            runs[name].append(contest.ours(setting) if name == "tidewright" else contest.theirs(name, setting))
    faster = {}
    for what in ("trees", "all"):
        faster[what] = [min(runs[peer][turn][what] for peer in contest.peers) / runs["tidewright"][turn][what]
                        for turn in range(options.alternations)]
    shape = f"{setting['leaves']} leaves" if setting["leaves"] else f"depth {setting['depth']}"
    for name, results in runs.items():
        ratios = [spread(faster[what], 2) if name == "tidewright" else "" for what in ("trees", "all")]
        print(f"| {shape} | {name} | {spread([r['trees'] for r in results], 2)} | {spread([r['all'] for r in results], 2)} | "
              f"{ratios[0]} | {ratios[1]} | {statistics.median(r['memory'] for r in results) / 1e6:.0f} | "
              f"{statistics.median(r['auc'] for r in results):.4f} |", flush=True)
    return {"setting": setting, "runs": runs, "faster": faster}


def main():
    options = parse()
    if options.peer:
        peer_run(options)
        return
    contest = Contest(options)
    print(f"{contest.about()}\n{options.trees} trees, {options.bins} bins; {options.alternations} alternations\n")
    print("| trees of | | trees, s | in all, s | times faster, trees | times faster, in all | memory, MB | AUC |\n"
          "|---|---|---|---|---|---|---|---|")
    rows = []
    for leaves in [0] if options.depth else map(int, options.leaves.split(",")):
        setting = {**churn_models.SHARED, "trees": options.trees, "bins": options.bins, "leaves": leaves,
                   "depth": options.depth, "device": options.device}
        rows.append(compare(contest, options, setting))
    path = options.work / f"speed-{pathlib.Path(options.train).stem}.json"
    path.write_text(json.dumps({"about": contest.about(), "rows": rows}, indent=1) + "\n", encoding="utf-8")
    print(f"\neach run's figures: {path}")


if __name__ == "__main__":
    main()
