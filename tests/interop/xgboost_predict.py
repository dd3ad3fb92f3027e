"""What XGBoost predicts with an exported model: MODEL ROWS OUT.

ROWS holds float32 values, row-major, in the model's columns; OUT gets float32: for every row the margin, then for
every row the probability. XGBoost also saves the model in both of its own forms and reads it back: each must predict
the same."""

import os
import sys
import tempfile

import numpy
import xgboost

model, rows, out = sys.argv[1:]
booster = xgboost.Booster(model_file=model)
columns = len(booster.feature_names)
values = numpy.fromfile(rows, numpy.float32).reshape(-1, columns)
matrix = xgboost.DMatrix(values, missing=numpy.nan, feature_names=booster.feature_names,
                         feature_types=booster.feature_types, enable_categorical=True)
margins = booster.predict(matrix, output_margin=True)
with tempfile.TemporaryDirectory() as folder:
    for ending in ("json", "ubj"):
        again = os.path.join(folder, "again." + ending)
        booster.save_model(again)
        same = xgboost.Booster(model_file=again).predict(matrix, output_margin=True)
        assert numpy.array_equal(margins, same), f"another prediction after saving as {ending}"
contributions = booster.predict(matrix.slice(range(min(len(values), 20))), pred_contribs=True)
assert contributions.shape[1] == columns + 1
numpy.concatenate([margins, booster.predict(matrix)]).astype(numpy.float32).tofile(out)
print(f"xgboost {xgboost.__version__}: {len(values)} rows, {booster.num_boosted_rounds()} trees")
