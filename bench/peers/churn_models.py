"""One setting of boosted trees in the words of XGBoost, LightGBM and `tidewright train gbdt`."""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

import h5py
import numpy as np

SHARED = {"device": "cpu", "trees": 100, "learning_rate": 0.1, "leaves": 0, "depth": 0, "bins": 256, "l2": 1.0, "min_child_weight": 1.0,
          "row_sample": 1.0, "column_sample": 1.0, "seed": 1}


def xgboost_parameters(setting, threads):
    return {"objective": "binary:logistic", "tree_method": "hist", "device": setting["device"], "nthread": threads, "verbosity": 1,
            "max_bin": setting["bins"], "max_leaves": setting["leaves"], "max_depth": setting["depth"],
            "grow_policy": "lossguide" if setting["leaves"] else "depthwise", "eta": setting["learning_rate"],
            "lambda": setting["l2"], "min_child_weight": setting["min_child_weight"], "subsample": setting["row_sample"],
            "colsample_bytree": setting["column_sample"], "seed": setting["seed"]}


def lightgbm_parameters(setting, threads):
    # Its bins: 255 and one for missing values. It has no limit of its own on rows in a leaf here, since the others have none.
    return {"objective": "binary", "device_type": "cpu", "num_threads": threads, "verbosity": -1,
            "max_bin": setting["bins"] - 1, "num_leaves": setting["leaves"] or 2 ** setting["depth"],
            "max_depth": setting["depth"] or -1, "learning_rate": setting["learning_rate"], "lambda_l2": setting["l2"],
            "min_sum_hessian_in_leaf": setting["min_child_weight"], "min_data_in_leaf": 1, "min_data_in_bin": 1,
            "bagging_fraction": setting["row_sample"], "bagging_freq": 0 if setting["row_sample"] == 1 else 1,
            "feature_fraction": setting["column_sample"], "feature_pre_filter": False, "seed": setting["seed"]}


def tidewright_flags(setting):
    return ["--epochs", str(setting["trees"]), "--growth", "leafwise" if setting["leaves"] else "depthwise", "--max-leaves",
            str(setting["leaves"]), "--max-depth", str(setting["depth"]), "--max-bins", str(setting["bins"]),
            "--learning-rate", repr(setting["learning_rate"]), "--l2", repr(setting["l2"]), "--min-child-weight",
            repr(setting["min_child_weight"]), "--row-sample", repr(setting["row_sample"]), "--column-sample",
            repr(setting["column_sample"]), "--seed", str(setting["seed"])]


def fit_xgboost(setting, table, threads):
    """(predict, seconds of binning, seconds of the trees); so the next one."""
    import xgboost  # pylint: disable=import-outside-toplevel

    types = ["c" if category else "q" for category in table.is_category]
    begin = time.perf_counter()
    data = xgboost.QuantileDMatrix(table.values, table.label, max_bin=setting["bins"], nthread=threads, feature_types=types,
                                   enable_categorical=True)
    if setting["device"] == "cuda":
        # The bins go to the GPU, and stay there, as the first tree begins: that is no time of the trees.
        xgboost.train(xgboost_parameters(setting, threads), data, 1)
    binned = time.perf_counter()
    model = xgboost.train(xgboost_parameters(setting, threads), data, setting["trees"])
    done = time.perf_counter()

    def predict(values):
        return model.predict(xgboost.DMatrix(values, nthread=threads, feature_types=types, enable_categorical=True))

    return predict, binned - begin, done - binned


def fit_lightgbm(setting, table, threads):
    import lightgbm  # pylint: disable=import-outside-toplevel

    parameters = lightgbm_parameters(setting, threads)
    categories = [place for place, category in enumerate(table.is_category) if category]
    begin = time.perf_counter()
    data = lightgbm.Dataset(table.values, table.label, params=parameters, categorical_feature=categories, free_raw_data=False)
    data.construct()
    binned = time.perf_counter()
    model = lightgbm.train(parameters, data, setting["trees"])
    done = time.perf_counter()
    return lambda values: model.predict(values, num_threads=threads), binned - begin, done - binned


def run(command):
    """Runs a command to its end; its output and peak memory in bytes."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{shlex.join(command)}\n{output}")
    return output, usage.ru_maxrss * 1024


class Tidewright:
    def __init__(self, program, work, threads, device="cpu"):
        self.program = program
        self.device = ["--device", device]
        self.directory = pathlib.Path(work) / "model"
        self.scores = pathlib.Path(work) / "scores.h5"
        self.threads = ["--threads", str(threads)]

    def train(self, model, data, flags):
        """(what run.json says, peak memory)"""
        _, memory = run([self.program, "train", model, str(data), "-o", str(self.directory), *self.device,
                         *flags, *self.threads])
        return json.loads((self.directory / "run.json").read_text(encoding="utf-8")), memory

    def score(self, data):
        run([self.program, "score", str(self.directory), str(data), "-o", str(self.scores), *self.threads])
        with h5py.File(self.scores, "r") as file:
            return np.asarray(file["probability"])

    def version(self):
        return run([self.program, "--version"])[0].splitlines()[0]
