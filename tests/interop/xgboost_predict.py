"""What XGBoost predicts with an exported model: MODEL ROWS OUT.

ROWS holds float32 values, row-major, in the model's columns; OUT gets float32: for every row the margin, then for
every row the probability. More must predict the same: the model saved by XGBoost itself in both of its own forms and
read back, and a data frame whose categories stand in another order than the model's."""

import json
import os
import sys
import tempfile

import numpy
import pandas
import xgboost

model, rows, out = sys.argv[1:]
booster = xgboost.Booster(model_file=model)
columns = booster.feature_names
values = numpy.fromfile(rows, numpy.float32).reshape(-1, len(columns))


def matrix(data):
    return xgboost.DMatrix(data, missing=numpy.nan, feature_names=columns, feature_types=booster.feature_types,
                           enable_categorical=True)


margins = booster.predict(matrix(values), output_margin=True)
with tempfile.TemporaryDirectory() as folder:
    for ending in ("json", "ubj"):
        again = os.path.join(folder, "again." + ending)
        booster.save_model(again)
        same = xgboost.Booster(model_file=again).predict(matrix(values), output_margin=True)
        assert numpy.array_equal(margins, same), f"another prediction after saving as {ending}"
contributions = booster.predict(matrix(values[:20]), pred_contribs=True)
assert contributions.shape[1] == len(columns) + 1

categories = json.loads(booster.attr("categories"))
assert list(categories) == [name for name, kind in zip(columns, booster.feature_types) if kind == "c"]
known = values.copy()
frame = {}
for place, name in enumerate(columns):
    column = known[:, place]
    if name in categories:
        column[column >= len(categories[name])] = numpy.nan
        texts = [None if numpy.isnan(code) else categories[name][int(code)] for code in column]
        frame[name] = pandas.Categorical(texts, categories=categories[name][::-1])
        if xgboost.__version__ < "3":  # it takes the codes as they are
            frame[name] = frame[name].set_categories(categories[name])
    else:
        frame[name] = column
of_frame = booster.predict(xgboost.DMatrix(pandas.DataFrame(frame), enable_categorical=True), output_margin=True)
assert numpy.array_equal(of_frame, booster.predict(matrix(known), output_margin=True)), "another prediction of a frame"

numpy.concatenate([margins, booster.predict(matrix(values))]).astype(numpy.float32).tofile(out)
print(f"xgboost {xgboost.__version__}: {len(values)} rows, {booster.num_boosted_rounds()} trees")
