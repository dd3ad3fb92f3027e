"""Reads the vectors of an export with narrower or augmented vectors, beside those of its artifact.

    vectors.py FORMAT EXPORT ARTIFACT

HNSW: the graph finds what the card says. Narrow: each number is as near as its encoding says, FAISS itself makes the same codes, and the recall of the card is what
comes out here. Augmented: what the cosine finds among them is what the inner product finds among the artifact's."""

import json
import os
import sys

import numpy
from safetensors.numpy import load_file

from recommenders import check_card

TIE = 1e-5


def best(users, items, k):
    scores = users @ items.T
    return numpy.array([numpy.lexsort((numpy.arange(len(row)), -row))[:k] for row in scores])


def overlap(one, other):
    return numpy.mean([len(set(a) & set(b)) / len(a) for a, b in zip(one, other)])


def near(read, exact, most):
    assert read.shape == exact.shape and (numpy.abs(read - exact) <= most).all(), numpy.abs(read - exact).max()


def read_safetensors(export, precision):
    arrays = load_file(os.path.join(export, "model.safetensors"))
    rows = {}
    for side in ("user", "item"):
        values = arrays[side + "_factors"]
        assert values.dtype == {"fp32": numpy.float32, "fp16": numpy.float16, "int8": numpy.int8}[precision]
        rows[side] = values.astype(numpy.float32)
        if precision == "int8":
            rows[side] *= arrays[side + "_scales"][:, None]
    return rows["user"], rows["item"]


def read_faiss(export, precision):
    import faiss

    index = faiss.read_index(os.path.join(export, "items.faiss"))
    users = load_file(os.path.join(export, "users.safetensors"))["user_factors"]
    items = index.reconstruct_n(0, index.ntotal)
    if precision != "fp32":
        assert isinstance(index, faiss.IndexScalarQuantizer) and index.metric_type == faiss.METRIC_INNER_PRODUCT
        # A search agrees with the vectors that were read.
        scores, rows = index.search(users, 10)
        expected = numpy.take_along_axis(users @ items.T, rows, 1)
        assert numpy.abs(scores - expected).max() <= TIE * numpy.abs(expected).max()
    return users, items


def read_ndjson(export, precision):
    lines = lambda name: [json.loads(line) for line in open(os.path.join(export, name), encoding="utf-8")]
    matrix = lambda rows: numpy.array([row["vector"] for row in rows], numpy.float32)
    return matrix(lines("users.ndjson")), matrix(lines("bulk.ndjson")[1::2])


def check_codes(export, items, precision):
    """FAISS, given the exact vectors, makes the same index."""
    import faiss

    kind = {"fp16": faiss.ScalarQuantizer.QT_fp16, "int8": faiss.ScalarQuantizer.QT_8bit}[precision]
    own = faiss.IndexScalarQuantizer(items.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    own.train(items)
    own.add(items)
    ours = faiss.read_index(os.path.join(export, "items.faiss"))
    assert numpy.array_equal(faiss.vector_to_array(own.sq.trained), faiss.vector_to_array(ours.sq.trained))
    codes = [faiss.vector_to_array(index.codes).astype(int) for index in (own, ours)]
    # Where a number lies on the border of two parts, rounding decides.
    assert numpy.abs(codes[0] - codes[1]).max() <= (precision == "int8"), "other codes"
    assert (codes[0] != codes[1]).mean() < 1e-3, "many other codes"
    if precision == "fp16":
        own_bytes = faiss.serialize_index(own).tobytes()
        assert own_bytes == open(os.path.join(export, "items.faiss"), "rb").read(), "another file"


def check_narrow(name, export, exact, read, front):
    precision = front["vectors"]["precision"]
    for which, (theirs, ours) in enumerate(zip(exact, read)):
        if name == "faiss" and which == 0:
            assert numpy.array_equal(theirs, ours)
        elif precision == "fp16":
            near(ours, theirs, numpy.abs(theirs) * 2.0 ** -11 + 2.0 ** -24)
        elif name == "safetensors":
            near(ours, theirs, numpy.abs(theirs).max(1, keepdims=True) / 254 * (1 + 1e-5))
        else:
            near(ours, theirs, (theirs.max(0) - theirs.min(0)) / 255 * (1 + 1e-5))
    if name == "faiss":
        check_codes(export, exact[1], precision)
    assert front["vectors"]["recall_users"] == len(exact[0])  # all of so few
    for k in (10, 100):
        here = overlap(best(*exact, k), best(*read, k))
        said = front["vectors"][f"recall@{k}"]
        assert abs(here - said) < 1e-3, f"recall@{k}: {here}, the card says {said}"
        assert said > 0.9, said
        print(f"{name} {precision}: recall@{k} {said}")


def check_hnsw(export, read, front):
    """FAISS itself finds as much in the graph as the card says."""
    import faiss

    index = faiss.read_index(os.path.join(export, "items.faiss"))
    assert isinstance(index, faiss.IndexHNSWFlat) and index.metric_type == faiss.METRIC_INNER_PRODUCT
    assert index.hnsw.efSearch == front["vectors"]["ef_search"]
    assert front["vectors"]["recall_users"] == len(read[0])  # all of so few
    for k in (10, 100):
        here = overlap(best(*read, k), index.search(read[0], k)[1])
        said = front["vectors"][f"recall@{k}"]
        assert abs(here - said) < 1e-2, f"recall@{k}: {here}, the card says {said}"
        assert said > 0.9, said
        print(f"faiss hnsw: recall@{k} {said}")


def check_augmented(exact, read, front):
    users, items = read
    assert (users[:, -1] == 0).all() and users.shape[1] == front["vectors"]["dimension"] == exact[0].shape[1] + 1
    lengths = numpy.linalg.norm(items.astype(float), axis=1)
    assert numpy.abs(lengths / front["vectors"]["item_norm"] - 1).max() < 1e-5, lengths
    inner = exact[0].astype(float) @ exact[1].astype(float).T
    cosine = (users.astype(float) @ items.astype(float).T) / lengths
    by_inner, by_cosine = (numpy.argsort(-scores, 1, kind="stable")[:, :10] for scores in (inner, cosine))
    for user, (one, other) in enumerate(zip(by_inner, by_cosine)):
        differ = one != other
        ties = numpy.abs(inner[user][one] - inner[user][other]) <= TIE * numpy.abs(inner[user]).max()
        assert (ties | ~differ).all(), f"user {user}: {one}, by the cosine {other}"
    print(f"{len(users)} users, the same first 10 by the cosine but for ties")


def main():
    name, export, artifact = sys.argv[1:]
    front = check_card(export, name)
    files = json.load(open(os.path.join(artifact, "manifest.json")))["files"]
    model = load_file(os.path.join(artifact, files["model"]["name"]))
    exact = model["user_factors"], model["item_factors"]
    precision = front["vectors"].get("precision", "fp32")
    read = {"safetensors": read_safetensors, "faiss": read_faiss, "ndjson": read_ndjson}[name](export, precision)
    if front["vectors"].get("augmented"):
        check_augmented(exact, read, front)
    elif front["vectors"].get("index") == "hnsw":
        assert all(numpy.array_equal(one, other) for one, other in zip(exact, read))
    else:
        check_narrow(name, export, exact, read, front)
    if front["vectors"].get("index") == "hnsw":
        check_hnsw(export, read, front)


if __name__ == "__main__":
    main()
