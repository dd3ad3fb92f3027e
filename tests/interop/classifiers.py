"""Loads an exported classifier as a serving system does and holds its probabilities against `tidewright score`.

    classifiers.py FORMAT EXPORT ROWS.json SCORES.ndjson

ROWS are what table_rows.py says of the table, SCORES those of `tidewright score` for it. Prints the largest relative
difference of a probability, and ends with an error where one is above 1e-5."""

import json
import os
import sys

import numpy

from recommenders import check_card

TOLERANCE = 1e-5


def feeds_of(inputs, rows):
    """What a session is given: a column each, [rows, 1]."""
    feeds = {}
    for given, (name, values) in zip(inputs, rows):
        text = given.type == "tensor(string)"
        column = numpy.array(values, dtype=object if text else numpy.float32)
        feeds[given.name] = column.reshape(-1, 1)
    return feeds


def columns_in_order(export, rows):
    features = json.load(open(os.path.join(export, "features.json"), encoding="utf-8"))
    return [(column["name"], rows[column["name"]]) for column in features["columns"]]


def check_graph(path):
    import onnx

    onnx.checker.check_model(path, full_check=True)
    return path


def run_onnx(path, columns):
    import onnxruntime

    session = onnxruntime.InferenceSession(check_graph(path))
    assert [output.name for output in session.get_outputs()] == ["probability", "log_odds"]
    feeds = feeds_of(session.get_inputs(), columns)
    probability, log_odds = session.run(None, feeds)
    one = session.run(None, {name: values[:1] for name, values in feeds.items()})[0]
    assert abs(one[0, 0] - probability[0, 0]) <= 1e-6, "another answer for a row alone"
    return probability[:, 0], log_odds[:, 0]


def read_onnx(export, rows):
    return run_onnx(os.path.join(export, "model.onnx"), columns_in_order(export, rows))[0]


def as_numbers(export, rows):
    """Categories as their codes: what the FIL backend is given."""
    features = json.load(open(os.path.join(export, "features.json"), encoding="utf-8"))["columns"]
    table = []
    for column in features:
        codes = {text: code for code, text in enumerate(column.get("categories", []))}
        values = rows[column["name"]]
        table.append([codes.get(value, numpy.nan) for value in values] if "categories" in column else values)
    return numpy.array(table, numpy.float32).T


def read_triton(export, rows):
    import onnxruntime
    from triton_config import check_session, read_config

    path = check_graph(os.path.join(export, "score", "1", "model.onnx"))
    check_session(read_config(export, "score"), onnxruntime.InferenceSession(path))
    probability, log_odds = run_onnx(path, columns_in_order(export, rows))
    if not os.path.exists(os.path.join(export, "score_fil")):
        return probability
    import treelite
    import xgboost

    config = read_config(export, "score_fil")
    values = as_numbers(export, rows)
    assert list(config.input[0].dims) == [values.shape[1]] and config.input[0].name == "input__0", config
    path_of_trees = os.path.join(export, "score_fil", "1", "xgboost.json")
    booster = xgboost.Booster(model_file=path_of_trees)
    data = xgboost.DMatrix(values, feature_names=booster.feature_names, feature_types=booster.feature_types,
                           enable_categorical=True)
    margins = booster.predict(data, output_margin=True)
    trees = treelite.frontend.load_xgboost_model(path_of_trees, format_choice="json")  # as the FIL backend does
    for said in (margins, treelite.gtil.predict(trees, values, pred_margin=True).reshape(-1)):
        assert said.shape == log_odds.shape and numpy.abs(said - log_odds).max() <= TOLERANCE, "other margins of score_fil"
    return probability


READERS = {"onnx": read_onnx, "triton": read_triton}


def main():
    name, export, rows_path, scores_path = sys.argv[1:]
    check_card(export, name)
    expected = numpy.array([json.loads(line)["probability"] for line in open(scores_path, encoding="utf-8")])
    seen = READERS[name](export, json.load(open(rows_path, encoding="utf-8")))
    assert seen.shape == expected.shape, f"{seen.shape}, expected {expected.shape}"
    largest = numpy.max(numpy.abs(seen - expected) / expected)
    print(f"{name}: {len(expected)} customers, largest relative difference {largest:.2e}")
    assert largest <= TOLERANCE, f"the probabilities differ by {largest}"


if __name__ == "__main__":
    main()
