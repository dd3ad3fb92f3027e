"""Loads XGBoost's model file by Treelite and holds its probabilities against `tidewright score`.

    treelite_predict.py MODEL ROWS.f32 SCORES.ndjson

ROWS are the table's rows in the model's columns. Prints the largest difference, and ends with an error above 1e-6."""

import json
import sys

import numpy
import treelite

model = treelite.frontend.load_xgboost_model(sys.argv[1], format_choice="ubjson" if sys.argv[1].endswith(".ubj") else "json")
rows = numpy.fromfile(sys.argv[2], numpy.float32).reshape(-1, model.num_feature)
expected = numpy.array([json.loads(line)["probability"] for line in open(sys.argv[3], encoding="utf-8")])
seen = treelite.gtil.predict(model, rows).reshape(-1)
assert seen.shape == expected.shape, f"{seen.shape}, expected {expected.shape}"
largest = numpy.abs(seen - expected).max()
print(f"treelite {treelite.__version__}: {len(rows)} rows, {model.num_tree} trees, largest difference {largest:.2e}")
assert largest <= 1e-6, largest
