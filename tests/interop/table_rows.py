"""The columns of a feature table in HDF5 as JSON, by name: numbers (null where missing) or texts ("" where missing).

    /usr/bin/python3 table_rows.py TABLE.h5 OUT.json     (needs h5py, which Debian's python3-h5py has)"""

import json
import sys

import h5py
import numpy

with h5py.File(sys.argv[1]) as file:
    rows = {}
    for name in [name.decode() for name in file["column_order"][:]]:
        column = file["columns"][name]
        values = column[:]
        if column.attrs["kind"] in (b"category", "category"):
            texts = [text.decode() for text in file["categories"][name][:]]
            rows[name] = [texts[code] if code >= 0 else "" for code in values]
        elif values.dtype.kind == "f":
            rows[name] = [None if numpy.isnan(value) else float(value) for value in values]
        else:
            rows[name] = [None if value < 0 else float(value) for value in values]
json.dump(rows, open(sys.argv[2], "w"))
