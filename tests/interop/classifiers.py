"""Loads an exported classifier as a serving system does and holds its probabilities against `tidewright score`.

    classifiers.py FORMAT EXPORT ROWS.json SCORES.ndjson

ROWS are what table_rows.py says of the table, SCORES those of `tidewright score` for it. Prints the largest relative
difference of a probability, for each reader of the format, and ends with an error where one is above 1e-5. xgboost and
xgboost-ubj hold no calibrator but Platt's: SCORES are then of a model that has no other."""

import json
import os
import re
import sys

import numpy

from recommenders import check_card

TOLERANCE = 1e-5


def largest_difference(reader, seen, expected):
    assert seen.shape == expected.shape, f"{reader}: {seen.shape}, expected {expected.shape}"
    largest = numpy.max(numpy.abs(seen - expected) / expected)
    assert largest <= TOLERANCE, f"{reader}: the probabilities differ by {largest}"
    return largest


def feeds_of(inputs, rows):
    """What a session is given: a column each, [rows, 1]."""
    feeds = {}
    for given, (name, values) in zip(inputs, rows):
        text = given.type == "tensor(string)"
        column = numpy.array(values, dtype=object if text else numpy.float32)
        feeds[given.name] = column.reshape(-1, 1)
    return feeds


def features_of(export):
    return json.load(open(os.path.join(export, "features.json"), encoding="utf-8"))


def columns_in_order(export, rows):
    return [(column["name"], rows[column["name"]]) for column in features_of(export)["columns"]]


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
    return {"onnx": run_onnx(os.path.join(export, "model.onnx"), columns_in_order(export, rows))[0]}


def as_numbers(export, rows):
    """Categories as their codes: what the FIL backend is given."""
    table = []
    for column in features_of(export)["columns"]:
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
    answers = {"triton": probability}
    if not os.path.exists(os.path.join(export, "score_fil")):
        return answers
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
    card = open(os.path.join(export, "README.md"), encoding="utf-8").read()
    said = {"xgboost": margins, "treelite": treelite.gtil.predict(trees, values, pred_margin=True).reshape(-1)}
    if "`score_fil` holds the trees alone" in card:  # so that `score` has no number to hold it against
        for reader, bare in said.items():
            largest_difference(f"score_fil of {reader}, not calibrated", sigmoid(bare), sigmoid(log_odds))
        return answers
    return answers | {f"score_fil of {reader}": sigmoid(folded) for reader, folded in said.items()}


def sigmoid(margins):
    return 1 / (1 + numpy.exp(-numpy.asarray(margins, float)))


def read_xgboost(export, rows):
    import xgboost

    booster = xgboost.Booster(model_file=export)
    named = {re.sub(r"[\[\]<]", "_", name): values for name, values in rows.items()}
    categories = json.loads(booster.attr("categories"))
    columns = []
    for name in booster.feature_names:
        codes = {text: code for code, text in enumerate(categories.get(name, []))}
        columns.append([codes.get(value, numpy.nan) for value in named[name]] if name in categories else named[name])
    data = xgboost.DMatrix(numpy.array(columns, numpy.float32).T, feature_names=booster.feature_names,
                           feature_types=booster.feature_types, enable_categorical=True)
    margins = booster.predict(data, output_margin=True)  # its own probabilities are float32, which 1 - p feels
    return {f"xgboost {xgboost.__version__}": sigmoid(margins)}


def read_linear(arrays, values):
    missing = numpy.isnan(values)
    sums = numpy.full(len(values), float(arrays["intercept"]))
    terms = zip(*(arrays[name] for name in ("feature", "category", "center", "scale", "coefficient")))
    for feature, category, center, scale, coefficient in terms:
        column, absent = values[:, feature].astype(float), missing[:, feature]
        x = absent if category == -2 else column == category if category >= 0 else numpy.where(absent, center, column)
        sums += coefficient * (x - center) * scale
    return sums


def read_trees(arrays, values):
    sums = numpy.full(len(values), arrays["base_margin"], numpy.float32)
    every = numpy.arange(len(values))
    for begin in arrays["tree_offsets"][:-1]:
        node = numpy.full(len(values), begin)
        while (arrays["feature"][node] >= 0).any():
            feature = arrays["feature"][node]
            value = values[every, numpy.maximum(feature, 0)]
            words = arrays["category_offsets"][node + 1] - arrays["category_offsets"][node]
            code = numpy.nan_to_num(value).astype(int)
            word = numpy.minimum(arrays["category_offsets"][node] + code // 32, len(arrays["category_words"]) - 1)
            bit = (arrays["category_words"][word] >> (code % 32).astype(numpy.uint32)) & 1 if len(arrays["category_words"]) else 0
            left = numpy.where(words > 0, bit == 1, value < arrays["threshold"][node])
            unknown = numpy.isnan(value) | ((words > 0) & (code // 32 >= words))
            left = numpy.where(unknown, arrays["missing_left"][node] == 1, left)
            node = numpy.where(feature < 0, node, begin + arrays["left"][node] + ~left)
        sums += arrays["value"][node]
    return sums


def calibrated(calibration, log_odds):
    x = numpy.asarray(log_odds, float)
    method = calibration["method"]
    if method == "isotonic":
        return numpy.interp(x, calibration["log_odds"], calibration["probability"])
    if method == "platt":
        x = calibration["a"] * x + calibration["c"]
    elif method == "beta":  # -ln p and -ln(1 - p) of the uncalibrated p
        minus_log, minus_log_rest = numpy.logaddexp(0, -x), numpy.logaddexp(0, x)
        x = calibration["b"] * minus_log_rest - calibration["a"] * minus_log + calibration["c"]
    else:
        assert method == "none", method
    return sigmoid(x)


def read_safetensors(export, rows):
    from safetensors.numpy import load_file

    arrays = load_file(os.path.join(export, "model.safetensors"))
    values = as_numbers(export, rows)
    log_odds = read_linear(arrays, values) if "coefficient" in arrays else read_trees(arrays, values)
    return {"safetensors": calibrated(features_of(export)["calibration"], log_odds)}


def read_ndjson(export, rows):
    lines = lambda name: [json.loads(line) for line in open(os.path.join(export, name), encoding="utf-8")]
    customers = lines("customers.ndjson")
    bulk, puts = lines("bulk.ndjson"), lines("vespa.jsonl")
    assert bulk[1::2] == [put["fields"] for put in puts]
    assert [action["index"]["_id"] for action in bulk[0::2]] == [customer["id"] for customer in customers]
    for customer, document in zip(customers, bulk[1::2]):
        parts = sum(reason["log_odds"] for reason in customer["reasons"])
        total = customer["base_log_odds"] + parts + customer["other_log_odds"]
        assert abs(total - customer["log_odds"]) < 1e-4, customer
        assert customer["probability"] == document["probability"]
    return {"ndjson": numpy.array([customer["probability"] for customer in customers])}


READERS = {"onnx": read_onnx, "triton": read_triton, "xgboost": read_xgboost, "xgboost-ubj": read_xgboost,
           "safetensors": read_safetensors, "ndjson": read_ndjson}


def main():
    name, export, rows_path, scores_path = sys.argv[1:]
    if os.path.isdir(export):
        check_card(export, name)
    expected = numpy.array([json.loads(line)["probability"] for line in open(scores_path, encoding="utf-8")])
    for reader, seen in READERS[name](export, json.load(open(rows_path, encoding="utf-8"))).items():
        largest = largest_difference(reader, seen, expected)
        print(f"{reader}: {len(expected)} customers, largest relative difference {largest:.2e}")


if __name__ == "__main__":
    main()
