"""Judges XGBoost, LightGBM and Tidewright on the same folds of one table. churn.sh starts it.

Every fold is held out once. On the rows outside it each model tries the same number of settings, by the mean AUC over inner
folds; the best one is trained on all these rows and judged by its AUC on the fold. The boosted trees of all three try the
same settings. `best` is, fold by fold, the one of Tidewright's two models that was better on the inner folds.

Every fold's result is kept in the folder --work; a run that was stopped goes on where it was. Remove the file that the last
line names to judge anew.
"""

import argparse
import json
import os
import pathlib
import sys

import numpy as np

import churn_models
import churn_tables

MODELS = ["gbdt", "logistic", "xgboost", "lightgbm"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="HDF5 table")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--inner", type=int, default=3, help="inner folds [3]")
    parser.add_argument("--settings", type=int, default=10, help="that each model tries [10]")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--tidewright", default="build/cpu/bin/tidewright")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/bench/peers-churn"))
    options = parser.parse_args()
    options.models = options.models.split(",")
    if not set(options.models) <= set(MODELS):
        parser.error(f"--models: expected some of {','.join(MODELS)}")
    return options


def tree_settings(count, seed):
    generator = np.random.default_rng(seed)

    def between(low, high):  # uniform in the logarithm
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))

    return [{**churn_models.SHARED, "trees": int(generator.choice([50, 100, 200, 400])),
             "learning_rate": round(between(0.02, 0.2), 4), "depth": int(generator.integers(2, 6)),
             "l2": round(between(0.1, 30), 3), "min_child_weight": round(between(0.5, 30), 3),
             "row_sample": round(float(generator.uniform(0.5, 1)), 3),
             "column_sample": round(float(generator.uniform(0.4, 1)), 3)} for _ in range(count)]


def logistic_settings(count):
    """L2 from strong to weak, and in every other one as much L1."""
    strengths = np.geomspace(1e-1, 1e-6, count)
    return [{"l2": float(f"{strength:.3g}"), "l1": float(f"{strength / 10:.3g}") if place % 2 else 0.0}
            for place, strength in enumerate(strengths)]


class Judge:
    def __init__(self, options):
        self.options = options
        self.parts = options.work / "parts"
        self.parts.mkdir(parents=True, exist_ok=True)
        self.program = churn_models.Tidewright(options.tidewright, options.work, options.threads)
        self.table = churn_tables.Table(options.data)
        trees = tree_settings(options.settings, options.seed)
        self.settings = {model: logistic_settings(options.settings) if model == "logistic" else trees for model in MODELS}

    def part(self, name, rows):
        """The rows as a file, for Tidewright, and as a table in memory, for the others."""
        path = self.parts / f"{name}.h5"
        churn_tables.select(self.options.data, rows, path)
        return path, churn_tables.Table(path)

    def auc(self, model, setting, train, test):
        """Trained on `train`, judged on `test`; both as part() gives them."""
        threads = self.options.threads
        if model in ("xgboost", "lightgbm"):
            fit = churn_models.fit_xgboost if model == "xgboost" else churn_models.fit_lightgbm
            return churn_tables.auc(test[1].label, fit(setting, train[1], threads)[0](test[1].values))
        flags = (["--l2", repr(setting["l2"]), "--l1", repr(setting["l1"])] if model == "logistic"
                 else churn_models.tidewright_flags(setting))
        self.program.train(model, train[0], flags)
        return churn_tables.auc(test[1].label, self.program.score(test[0]))

    def judge(self, repeat, fold, assigned, models):
        """Of each model: its AUC on the fold, the setting chosen, and its mean AUC on the inner folds."""
        outside = np.flatnonzero(assigned != fold)
        train, test = self.part("train", outside), self.part("test", np.flatnonzero(assigned == fold))
        inner = churn_tables.folds(self.table.label[outside], self.options.inner, [self.options.seed, repeat, fold])
        parts = [(self.part(f"inner{k}", outside[inner != k]), self.part(f"watched{k}", outside[inner == k]))
                 for k in range(self.options.inner)]
        results = {}
        for model in models:
            tried = [float(np.mean([self.auc(model, setting, *pair) for pair in parts])) for setting in self.settings[model]]
            best = int(np.argmax(tried))
            results[model] = {"auc": float(self.auc(model, self.settings[model][best], train, test)), "inner": tried[best],
                              "setting": self.settings[model][best]}
            print(f"repeat {repeat + 1}, fold {fold + 1}: {model} {results[model]['auc']:.4f}", file=sys.stderr, flush=True)
        return results


def collect(options, judge):
    """The results of all folds, those of an earlier run with the same options among them."""
    name = f"{pathlib.Path(options.data).stem}-{options.folds}x{options.repeats}-{options.inner}-{options.settings}-{options.seed}"
    path = options.work / f"quality-{name}.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for repeat in range(options.repeats):
        assigned = churn_tables.folds(judge.table.label, options.folds, [options.seed, repeat])
        for fold in range(options.folds):
            found = results.setdefault(f"{repeat}/{fold}", {})
            missing = [model for model in options.models if model not in found]
            if not missing:
                continue
            found.update(judge.judge(repeat, fold, assigned, missing))
            partial = path.with_suffix(".partial")
            partial.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
            partial.replace(path)
    return path, results


def main():
    options = parse()
    judge = Judge(options)
    path, results = collect(options, judge)
    keys = [f"{repeat}/{fold}" for repeat in range(options.repeats) for fold in range(options.folds)]
    scores = {model: np.array([results[key][model]["auc"] for key in keys]) for model in options.models}
    own = [model for model in ("gbdt", "logistic") if model in scores]
    if len(own) == 2:
        scores["best"] = np.array([max((results[key][model] for model in own), key=lambda r: r["inner"])["auc"] for key in keys])
        own.append("best")
    peers = [model for model in ("xgboost", "lightgbm") if model in scores]
    print(f"{pathlib.Path(options.data).name}: {len(judge.table.label)} rows, {options.folds} folds, {options.repeats} repeats; "
          f"{options.settings} settings on {options.inner} inner folds each; {judge.program.version()}\n")
    print("| model | mean AUC | deviation between folds | " + " | ".join(f"minus {peer}, lower 95 % bound" for peer in peers)
          + " |\n|---|---|---|" + "---|" * len(peers))
    for model in own + peers:
        cells = []
        for peer in peers:
            difference = scores[model] - scores[peer]
            bound = churn_tables.lower_bound(difference, 1 / options.folds)
            cells.append(f"{difference.mean():+.4f}, {bound:+.4f}" if model in own else "")
        print(f"| {model} | {scores[model].mean():.4f} | {scores[model].std(ddof=1):.4f} | " + " | ".join(cells) + " |")
    print(f"\neach fold's figures and settings: {path}")


if __name__ == "__main__":
    main()
