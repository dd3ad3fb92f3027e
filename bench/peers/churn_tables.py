"""Feature tables (datasets/README.md), as `tidewright import table` and `tidewright-synthetic table` write them: read into a
matrix, cut into parts, and what a comparison of classifiers needs: AUC, stratified folds, a bound of a paired difference.

    churn_tables.py --self-check    checks all of it against slow or known answers
"""

import argparse
import itertools
import math
import sys
import tempfile

import h5py
import numpy as np


class Table:
    """Rows x columns in 32-bit floating point (categories: their codes), NaN where missing."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            names = [name.decode() for name in file["column_order"][:]]
            self.label = file["label"][:].astype(np.float32)
            self.values = np.empty((len(self.label), len(names)), np.float32)
            self.is_category = []
            for place, name in enumerate(names):
                column = file["columns"][name]
                kind = column.attrs["kind"]
                self.is_category.append((kind.decode() if isinstance(kind, bytes) else kind) == "category")
                values = column[:].astype(np.float32)
                if np.issubdtype(column.dtype, np.integer):
                    values[values == -1] = np.nan
                self.values[:, place] = values


def select(source, rows, target):
    """Writes the rows `rows` of the table at `source` as a table of their own."""
    with h5py.File(source, "r") as old, h5py.File(target, "w") as new:
        count = len(old["label"])

        def copy(name, item):
            if not isinstance(item, h5py.Dataset):
                return
            each_row = not name.startswith("categories/") and name != "column_order"
            if each_row and len(item) != count:
                sys.exit(f"{source}: /{name} has {len(item)} rows; expected {count}")
            new[name] = item[:][rows] if each_row else item[:]
            for key, value in item.attrs.items():
                new[name].attrs[key] = value

        old.visititems(copy)


def auc(label, score):
    """The share of pairs, one of each class, that the score puts in order; ties count half."""
    order = np.argsort(score, kind="stable")
    ordered = np.asarray(score)[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[begins[1:], len(ordered)]
    ranks = np.repeat((begins + ends + 1) / 2, ends - begins)  # the mean rank of equal scores, from 1
    positive = np.asarray(label)[order] == 1
    ones = int(positive.sum())
    return (ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * (len(ordered) - ones))


def folds(label, count, seed):
    """The fold of each row; each fold has its share of both classes, to within one row."""
    generator = np.random.default_rng(seed)
    result = np.empty(len(label), np.int64)
    begin = 0
    for value in (1, 0):
        rows = generator.permutation(np.flatnonzero(label == value))
        result[rows] = (begin + np.arange(len(rows))) % count
        begin += len(rows)
    return result


def t_density(x, freedom):
    return math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(
        freedom * math.pi) * (1 + x * x / freedom) ** (-(freedom + 1) / 2)


def t_quantile(share, freedom):
    """Of Student's t, by bisection of Simpson's rule; share > 1/2."""

    def distribution(x, steps=2000):
        points = np.linspace(0, x, steps + 1)
        weights = np.r_[1, np.tile([4, 2], steps // 2)[:-1], 1]
        values = [t_density(point, freedom) for point in points]
        return 0.5 + float(np.dot(weights, values)) * x / steps / 3

    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if distribution(middle) < share else (low, middle)
    return low


def lower_bound(differences, held_out_share, confidence=0.95):
    """One-sided lower bound of the mean of differences that repeated cross-validation gave. Training parts overlap, so that
    they are not independent: the variance is corrected as Nadeau and Bengio have it (Machine Learning 52, 2003)."""
    differences = np.asarray(differences)
    count = len(differences)
    if count < 2:
        return math.nan
    correction = 1 / count + held_out_share / (1 - held_out_share)
    return float(differences.mean() - t_quantile(confidence, count - 1) * math.sqrt(correction * differences.var(ddof=1)))


def self_check():
    generator = np.random.default_rng(1)
    label = generator.integers(0, 2, 300).astype(np.float32)
    score = generator.integers(0, 20, 300) / 20  # with ties
    pairs = [(p > n) + (p == n) / 2 for p, n in itertools.product(score[label == 1], score[label == 0])]
    assert abs(auc(label, score) - np.mean(pairs)) < 1e-12
    assert auc([0, 0, 1], [1, 2, 3]) == 1 and auc([1, 0], [1, 1]) == 0.5

    assigned = folds(label, 7, 1)
    for value in (0, 1):
        sizes = np.bincount(assigned[label == value], minlength=7)
        assert sizes.max() - sizes.min() <= 1
    assert np.array_equal(assigned, folds(label, 7, 1)) and not np.array_equal(assigned, folds(label, 7, 2))

    for freedom, known in ((24, 1.7109), (4, 2.1318), (1, 6.3138)):  # tables of Student's t, one-sided 95 %
        assert abs(t_quantile(0.95, freedom) - known) < 1e-3, freedom
    differences = generator.normal(0, 1, 25)
    independent = differences.mean() - 1.7109 * differences.std(ddof=1) / 5
    assert abs(lower_bound(differences, 0.0) - independent) < 1e-4
    assert lower_bound(differences, 0.2) < independent

    with tempfile.TemporaryDirectory() as directory:
        whole, part = directory + "/whole.h5", directory + "/part.h5"
        with h5py.File(whole, "w") as file:
            file["label"] = [1, 0, 1, 0]
            file["label"].attrs["name"] = "left=1"
            file["columns/a"] = np.array([1.5, np.nan, 3, 4], np.float32)
            file["columns/a"].attrs["kind"] = "number"
            file["columns/c"] = np.array([0, 1, -1, 1], np.int8)
            file["columns/c"].attrs["kind"] = "category"
            file["categories/c"] = ["x", "y"]
            file["column_order"] = ["c", "a"]
        select(whole, np.array([3, 1]), part)
        table = Table(part)
        assert table.is_category == [True, False]
        assert np.array_equal(table.values, np.array([[1, 4], [1, np.nan]], np.float32), equal_nan=True)
        assert table.label.tolist() == [0, 0]
        assert np.isnan(Table(whole).values[2, 0])
    print("AUC, folds, bounds and parts of tables are what they should be")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-check", action="store_true", required=True)
    parser.parse_args()
    self_check()
