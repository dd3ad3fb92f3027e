"""The largest difference between what XGBoost predicts with an exported model and what `tidewright score` says, over all
rows of a table: the end of a row of a table. xgboost_scores.sh starts it.

    xgboost_scores.py MODEL.json MANIFEST.json ROWS.json SCORES.ndjson     (rows: tests/interop/table_rows.py)"""

import json
import sys

import numpy
import xgboost

model, manifest, rows_path, scores_path = sys.argv[1:]
booster = xgboost.Booster(model_file=model)
with open(manifest, encoding="utf-8") as file:
    kept = json.load(file).get("calibration", {}).get("kept", {})
with open(rows_path, encoding="utf-8") as file:
    rows = json.load(file)
with open(scores_path, encoding="utf-8") as file:
    scores = numpy.array([json.loads(line)["probability"] for line in file])
categories = json.loads(booster.attr("categories"))
columns = []
for name in booster.feature_names:
    codes = {text: code for code, text in enumerate(categories.get(name, []))}
    columns.append([codes.get(value, numpy.nan) for value in rows[name]] if name in categories else rows[name])
values = numpy.array(columns, numpy.float32).T
data = xgboost.DMatrix(values, feature_names=booster.feature_names, feature_types=booster.feature_types,
                       enable_categorical=True)
seen = booster.predict(data).astype(float)
assert seen.shape == scores.shape, f"{seen.shape}, expected {scores.shape}"
largest = numpy.abs(seen - scores).max()
how = f" (a {kept['a']:.3f}, c {kept['c']:.3f})" if kept else ""
print(f"{how} | xgboost {xgboost.__version__} | {booster.num_boosted_rounds()} | {len(values)} | {numpy.isnan(values).sum()} | "
      f"{largest:.1e} |")
sys.exit(bool(largest > 1e-6))
