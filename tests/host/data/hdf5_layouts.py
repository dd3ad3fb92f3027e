"""Writes the same event log and the same matrix in every way that h5py users store them.

usage: hdf5_layouts.py DIRECTORY. Files log_*.h5 hold one log, matrix_*.h5 one matrix.
"""
import sys

import h5py
import numpy as np

directory = sys.argv[1]
rng = np.random.default_rng(5)

USERS, ITEMS, EVENTS = 40, 300, 5000
user_ids = [str(100 + u) for u in range(USERS)]
item_ids = ["itéms %d" % i for i in range(ITEMS)]
user = np.sort(rng.integers(0, USERS, EVENTS))
item = rng.integers(0, ITEMS, EVENTS)
# Whole seconds, equal ones among them: events that tie keep the order of the file.
time = np.sort(rng.integers(1_300_000_000, 1_300_001_000, EVENTS))
time = time[np.lexsort((time, user))]
signal = rng.integers(0, 2, EVENTS)
value = rng.integers(1, 100, EVENTS)


def write_log(name, types=None, ids=None, signal_names=None, unit="s", times=time, order=None, userblock=0, **storage):
    types = {} if types is None else types
    columns = {"user": user, "item": item, "timestamp": times, "signal": signal, "value": value}
    with h5py.File(f"{directory}/log_{name}.h5", "w", userblock_size=userblock) as f:
        f["users/id"], f["items/id"] = (user_ids, item_ids) if ids is None else ids
        f["signals/name"] = ["view", "purchase"] if signal_names is None else signal_names
        for column, values in columns.items():
            values = values if order is None else values[order]
            f.create_dataset("events/" + column, data=np.asarray(values).astype(types.get(column, values.dtype)), **storage)
        f["events/timestamp"].attrs["unit"] = unit


def every(dtype):
    return dict.fromkeys(("user", "item", "timestamp", "signal", "value"), dtype)


write_log("contiguous")
write_log("gzip_shuffle", compression="gzip", shuffle=True, chunks=(700,))
write_log("gzip", compression="gzip", chunks=(700,))
write_log("gzip_one_chunk", compression="gzip", shuffle=True, chunks=(EVENTS,))
write_log("lzf", compression="lzf", chunks=(700,))
write_log("lzf_shuffle", compression="lzf", shuffle=True, chunks=(700,))
write_log("lzf_fletcher32", compression="lzf", shuffle=True, fletcher32=True, chunks=(700,))
write_log("gzip_fletcher32", compression="gzip", fletcher32=True, chunks=(700,))
write_log("chunked", chunks=(700,))
write_log("shuffle_only", shuffle=True, chunks=(700,))
write_log("automatic_chunks", chunks=True, maxshape=(None,))
write_log("scale_offset", {"value": "i4"}, scaleoffset=0, chunks=(700,))
write_log("user_block", userblock=512)
write_log("int64", every("i8"), compression="gzip", shuffle=True)
write_log("uint64", every("u8"), compression="gzip", shuffle=True)
write_log("big_endian", every(">i8"), compression="gzip", shuffle=True, chunks=(700,))
write_log("double", every("f8"), compression="gzip", shuffle=True, chunks=(700,))
write_log("narrow", {"user": "u1", "item": "i2", "timestamp": "u4", "signal": "i1", "value": "i1"}, chunks=(700,), shuffle=True)
write_log("float16_value", {"value": "f2", "signal": bool}, compression="lzf", shuffle=True, chunks=(700,))
write_log("float32_value", {"value": "f4"}, compression="gzip")
write_log("milliseconds", unit="ms", times=time * 1000)
write_log("microseconds", unit="us", times=time * 1000000)
write_log("nanoseconds", unit=np.bytes_("ns"), times=time * 1000000000)
write_log("fixed_ids", ids=(np.array(user_ids, dtype="S"), np.array([i.encode() for i in item_ids])), signal_names=np.array([b"view", b"purchase"]))
write_log("integer_user_ids", ids=(np.arange(100, 100 + USERS), item_ids))
# By time over all users: sorting brings back the order above, because ties within a user stay.
write_log("by_time", order=np.argsort(time, kind="stable"), compression="gzip", shuffle=True, chunks=(700,))
with h5py.File(f"{directory}/log_compressed_ids.h5", "w") as f:
    with h5py.File(f"{directory}/log_lzf.h5") as lzf:
        lzf.copy("events", f)
        lzf.copy("signals", f)
    f.create_dataset("users/id", data=user_ids, dtype=h5py.string_dtype(), compression="lzf", chunks=(7,))
    f.create_dataset("items/id", data=np.array([i.encode() for i in item_ids]), compression="lzf", chunks=(7,))
for name, storage in {"gzip_shuffle": {"compression": "gzip", "shuffle": True}, "chunked": {}}.items():
    with h5py.File(f"{directory}/log_variable_ids_{name}.h5", "w") as f:
        with h5py.File(f"{directory}/log_lzf.h5") as lzf:
            lzf.copy("events", f)
            lzf.copy("signals", f)
        for axis, ids in (("users", user_ids), ("items", item_ids)):
            f.create_dataset(axis + "/id", data=ids, dtype=h5py.string_dtype(), chunks=(7,), **storage)
with h5py.File(f"{directory}/log_soft_links.h5", "w") as f:
    with h5py.File(f"{directory}/log_lzf.h5") as lzf:
        for group in lzf:
            lzf.copy(group, f, name="stored/" + group)
            f[group] = h5py.SoftLink("/stored/./" + group)

dense = np.zeros((USERS, ITEMS), dtype="f4")
dense[user, item] = value


def compressed(matrix):
    rows, columns = np.nonzero(matrix)
    indptr = np.concatenate([[0], np.cumsum((matrix != 0).sum(axis=1))])
    return matrix[rows, columns], columns, indptr


def write_matrix(name, parts=None, group="X", form="csr_matrix", types=("f4", "i4", "i4"), legacy=False, ids=True, **storage):
    parts = compressed(dense) if parts is None else parts
    with h5py.File(f"{directory}/matrix_{name}.h5", "w") as f:
        g = f if group == "/" else f.create_group(group)
        for part, values, dtype in zip(("data", "indices", "indptr"), parts, types):
            g.create_dataset(part, data=np.asarray(values).astype(dtype), **storage)
        g.attrs["h5sparse_format" if legacy else "encoding-type"] = form[:3] if legacy else form
        g.attrs["h5sparse_shape" if legacy else "shape"] = dense.shape
        if ids:
            f["users/id"], f["items/id"] = user_ids, item_ids
        else:
            for axis, values in (("obs", user_ids), ("var", item_ids)):
                f.create_group(axis).attrs["_index"] = "index"
                f[axis + "/index"] = values


write_matrix("csr")
write_matrix("csr_gzip", compression="gzip", shuffle=True)
write_matrix("csr_wide", types=("f8", "u8", "i8"), compression="lzf")
write_matrix("csr_narrow", types=("u1", "u2", "u2"), compression="gzip", shuffle=True, chunks=(30,))
write_matrix("csc", compressed(dense.T), form="csc_matrix")
write_matrix("root", group="/")
write_matrix("train", group="train")
write_matrix("matrix", group="matrix")
write_matrix("other_group", group="ratings")
write_matrix("legacy", legacy=True)
write_matrix("legacy_csc", compressed(dense.T), form="csc_matrix", legacy=True)
write_matrix("anndata_ids", ids=False)

data, indices, indptr = compressed(dense)
order = np.concatenate([start + rng.permutation(end - start) for start, end in zip(indptr, indptr[1:])])
write_matrix("unsorted", (data[order], indices[order], indptr))
# Each entry as two that add up to it, and a zero beside every first one of a row.
halves = np.repeat(data, 2) * np.tile([0.25, 0.75], len(data))
write_matrix("duplicates", (halves, np.repeat(indices, 2), indptr * 2))
with_zero = np.insert(data, indptr[:-1], 0.0)
write_matrix("zeros", (with_zero, np.insert(indices, indptr[:-1], ITEMS - 1), indptr + np.arange(USERS + 1)))
