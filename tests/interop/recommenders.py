"""Loads an exported recommender as a serving system does and holds what it recommends against `tidewright recommend`.

    recommenders.py FORMAT EXPORT ARTIFACT RECOMMENDATIONS.ndjson

RECOMMENDATIONS are those of `tidewright recommend ARTIFACT`: the items that users have in the history of ARTIFACT are
left out of the reader's answer, too. Prints the largest relative difference of a score, and ends with an error where one
is above 1e-5 or the lists differ other than by ties."""

import itertools
import json
import os
import sys

import numpy
import yaml
from safetensors.numpy import load_file

TOLERANCE = 1e-5
USERS_AT_ONCE = 512


class History:
    """What users have seen or disliked, by row."""

    def __init__(self, artifact):
        self.artifact = artifact
        files = json.load(open(os.path.join(artifact, "manifest.json")))["files"]
        arrays = load_file(os.path.join(artifact, files["history"]["name"]))
        self.offsets, self.ids = arrays["offsets"], arrays["ids"]

    def of(self, row):
        return self.ids[self.offsets[row]:self.offsets[row + 1]]

    def batches(self):
        """Rows of users whose lists are about as long, every user once."""
        rows = numpy.argsort(numpy.diff(self.offsets), kind="stable")
        return [rows[begin:begin + USERS_AT_ONCE] for begin in range(0, len(rows), USERS_AT_ONCE)]

    def padded(self, rows):
        """users x longest list, -1 where a list is shorter."""
        lists = [self.of(row) for row in rows]
        table = numpy.full((len(lists), max(1, max(map(len, lists)))), -1, numpy.int64)
        for row, items in enumerate(lists):
            table[row, :len(items)] = items
        return table


class Agreement:
    """Compares, a user at a time, with what the program recommends."""

    def __init__(self, path):
        self.expected = {}
        for line in open(path, encoding="utf-8"):
            entry = json.loads(line)
            self.expected[entry["user"]] = [(item["item"], item["score"]) for item in entry["items"]]
        self.users = 0
        self.largest = 0.0

    def add(self, user, items, scores):
        expected = self.expected[user]
        assert len(expected) == len(items), f"user {user}: {len(items)} items, expected {len(expected)}"
        if not expected:
            self.users += 1
            return
        theirs = numpy.array([score for _, score in expected])
        scale = max(numpy.abs(theirs).max(), 1e-30)  # a user of whom nothing positive is known has a vector of zeros
        difference = numpy.abs(theirs - numpy.asarray(scores, float)).max() / scale
        self.largest = max(self.largest, difference)
        assert difference <= TOLERANCE, f"user {user}: the scores differ by {difference}"
        # Where places are exchanged, the scores there are a tie.
        for place, (item, score) in enumerate(expected):
            if item != items[place]:
                other = dict(zip(items, scores)).get(item, scores[-1])
                assert abs(other - score) <= TOLERANCE * scale, f"user {user}: {items}, expected {expected}"
        self.users += 1

    def report(self, what):
        assert self.users == len(self.expected), f"{self.users} users of {len(self.expected)}"
        print(f"{what}: {self.users} users, largest relative difference {self.largest:.2e}, the same items but for ties")


def ids(export, name):
    return json.load(open(os.path.join(export, name), encoding="utf-8"))


def check_card(export, name):
    card = open(os.path.join(export, "README.md"), encoding="utf-8").read()
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["library_name"] == "tidewright" and front["export_format"] == name, front
    data = front["data"]
    assert "fingerprint" in data, front
    assert "signals" in data or "label" in front["model"] or data["layout"] != "event log", front
    for file in os.listdir(export):
        assert file == "README.md" or f"| `{file}`" in card, f"{file} is not in the card"
    return front


def best_of(scores, seen, k):
    """The rows of the k best, of equal scores the lower first, without those that are seen."""
    scores[seen] = -numpy.inf
    k = min(k, len(scores) - len(seen))
    if k == 0:
        return numpy.zeros(0, int)
    candidates = numpy.flatnonzero(scores >= numpy.partition(scores, -k)[-k])
    return candidates[numpy.lexsort((candidates, -scores[candidates]))[:k]]


def keep_unseen(row_ids, row_scores, seen, k):
    kept = ~numpy.isin(row_ids, seen) & (row_ids >= 0)
    return row_ids[kept][:k], row_scores[kept][:k]


def read_safetensors(export, history, agreement):
    arrays = load_file(os.path.join(export, "model.safetensors"))
    users, items = ids(export, "user_ids.json"), ids(export, "item_ids.json")
    for rows in history.batches():
        for row, scores in zip(rows, arrays["user_factors"][rows] @ arrays["item_factors"].T):
            best = best_of(scores, history.of(row), 10)
            agreement.add(users[row], [items[item] for item in best], scores[best])


def read_faiss(export, history, agreement):
    import faiss

    index = faiss.read_index(os.path.join(export, "items.faiss"))
    assert isinstance(index, faiss.IndexFlatIP) and index.is_trained
    mapped = faiss.read_index(os.path.join(export, "items.faiss"), faiss.IO_FLAG_MMAP_IFC)
    users, items = ids(export, "user_ids.json"), ids(export, "item_ids.json")
    assert index.ntotal == len(items)
    queries = load_file(os.path.join(export, "users.safetensors"))["user_factors"]
    for batch in history.batches():
        seen = [history.of(row) for row in batch]
        wanted = min(len(items), 10 + max(map(len, seen)))
        scores, rows = index.search(queries[batch], wanted)
        assert numpy.array_equal(mapped.search(queries[batch[:8]], wanted)[1], rows[:8])
        for place, user in enumerate(batch):
            best, of_best = keep_unseen(rows[place], scores[place], seen[place], 10)
            agreement.add(users[user], [items[row] for row in best], of_best)


def run_recommend(session, users, items, history, agreement):
    hidden = numpy.full((1, 1), -1, numpy.int64)
    for rows in history.batches():
        feeds = {"user": rows[:, None], "seen": history.padded(rows), "denied": numpy.repeat(hidden, len(rows), 0)}
        ids, best, scores = session.run(["ids", "rows", "scores"], feeds)
        for place, row in enumerate(rows):
            count = min(10, int((best[place] >= 0).sum()))
            assert [items[at] for at in best[place][:count]] == list(ids[place][:count])
            assert all(text == "" for text in ids[place][best[place] < 0])
            agreement.add(users[row], list(ids[place][:count]), scores[place][:count])
    # Denied items are hidden as seen ones are, and an empty list hides nothing.
    empty = numpy.zeros((1, 0), numpy.int64)
    everything, = session.run(["rows"], {"user": rows[:1, None], "seen": empty, "denied": empty})
    without, = session.run(["rows"], {"user": rows[:1, None], "seen": empty, "denied": everything[:, :2]})
    assert list(without[0][:len(without[0]) - 2]) == list(everything[0][2:]), (everything, without)


def run_fold_in(session, items, history, direct, artifact):
    """User vectors of the graph beside the direct solve in double, from the manifest's numbers."""
    manifest = json.load(open(os.path.join(artifact, "manifest.json")))
    config = {name: text for name, text in manifest["config"].items()}
    number = lambda name, default: float(config.get(name, default))
    alpha, unobserved = number("alpha", 0), number("unobserved-weight", .1)
    regularization, exponent = number("regularization", .003), number("frequency-exponent", 1)
    factors = direct["item_factors"].astype(float)
    gramian = direct["item_gramian"].astype(float)
    arrays = load_file(os.path.join(artifact, manifest["files"]["history"]["name"]))
    offsets, ids, values = arrays["offsets"], arrays["ids"], arrays["values"]
    users = [row for row in range(len(offsets) - 1) if (values[offsets[row]:offsets[row + 1]] > 0).any()]
    differences = []
    for row in users[:: max(1, len(users) // 500)]:
        own, weights = ids[offsets[row]:offsets[row + 1]], values[offsets[row]:offsets[row + 1]].astype(float)
        confidence = 1 + alpha * numpy.abs(weights)
        h = factors[own]
        ridge = regularization * (len(own) + unobserved * len(factors)) ** exponent
        a = unobserved * gramian + (h * confidence[:, None]).T @ h + ridge * numpy.eye(h.shape[1])
        solved = numpy.linalg.solve(a, h.T @ (confidence * (weights > 0)))
        padded = numpy.concatenate([own, [-1, -1]]).astype(numpy.int64)[None]
        given = numpy.concatenate([weights, [5, -5]]).astype(numpy.float32)[None]
        vector, best = session.run(["user_vector", "rows"],
                                   {"items": padded, "values": given, "denied": numpy.full((1, 1), -1, numpy.int64)})
        assert not numpy.isin(best[best >= 0], own).any(), "an item of the user's own is recommended"
        differences.append(numpy.linalg.norm(vector[0] - solved) / numpy.linalg.norm(solved))
    print(f"fold-in: {len(differences)} users, largest relative difference of a vector from the direct solve "
          f"{max(differences):.2e}")
    assert max(differences) <= 1e-4, f"vectors differ by {max(differences)}"
    # A user without items has nothing to say: a vector of zeros, never NaN.
    nothing = session.run(["user_vector"], {"items": numpy.full((1, 1), -1, numpy.int64),
                                            "values": numpy.zeros((1, 1), numpy.float32),
                                            "denied": numpy.full((1, 1), -1, numpy.int64)})[0]
    assert (nothing == 0).all(), nothing


def open_graph(path):
    import onnx
    import onnxruntime

    onnx.checker.check_model(path, full_check=True)
    return onnxruntime.InferenceSession(path)


def read_onnx(export, history, agreement):
    users, items = ids(export, "user_ids.json"), ids(export, "item_ids.json")
    run_recommend(open_graph(os.path.join(export, "recommend.onnx")), users, items, history, agreement)
    model = json.load(open(os.path.join(history.artifact, "manifest.json")))["files"]["model"]["name"]
    run_fold_in(open_graph(os.path.join(export, "fold_in.onnx")), items, history,
                load_file(os.path.join(history.artifact, model)), history.artifact)


def read_triton(export, history, agreement):
    from triton_config import check_session, read_config

    users, items = ids(export, "user_ids.json"), ids(export, "item_ids.json")
    sessions = {}
    for model in ("recommend", "fold_in"):
        sessions[model] = open_graph(os.path.join(export, model, "1", "model.onnx"))
        check_session(read_config(export, model), sessions[model])
    run_recommend(sessions["recommend"], users, items, history, agreement)
    model = json.load(open(os.path.join(history.artifact, "manifest.json")))["files"]["model"]["name"]
    run_fold_in(sessions["fold_in"], items, history, load_file(os.path.join(history.artifact, model)), history.artifact)


def read_ndjson(export, history, agreement):
    lines = lambda name: (json.loads(line) for line in open(os.path.join(export, name), encoding="utf-8"))
    bulk = list(lines("bulk.ndjson"))
    actions, documents = bulk[0::2], bulk[1::2]
    assert all(list(action) == ["index"] for action in actions)
    assert [action["index"]["_id"] for action in actions] == [document["item"] for document in documents]
    puts = list(lines("vespa.jsonl"))
    assert [put["put"] for put in puts] == ["id:item:item::" + document["item"] for document in documents]
    vectors = numpy.array([document["vector"] for document in documents], numpy.float32)
    assert numpy.array_equal(vectors, numpy.array([put["fields"]["vector"]["values"] for put in puts], numpy.float32))
    types = {}
    for document, put in zip(documents, puts):
        told = [{key: value for key, value in fields.items() if key != "vector"} for fields in (document, put["fields"])]
        assert told[0] == told[1], told
        for key, value in told[0].items():
            assert types.setdefault(key, type(value)) is type(value), f"{key} has values of two types"
    names = [document["item"] for document in documents]
    users, begin = lines("users.ndjson"), 0
    while block := list(itertools.islice(users, USERS_AT_ONCE)):
        queries = numpy.array([user["vector"] for user in block], numpy.float32)
        for row, (user, scores) in enumerate(zip(block, queries @ vectors.T), begin):
            best = best_of(scores, history.of(row), 10)
            agreement.add(user["id"], [names[item] for item in best], scores[best])
        begin += len(block)


READERS = {"ndjson": read_ndjson, "safetensors": read_safetensors, "faiss": read_faiss, "onnx": read_onnx, "triton": read_triton}


def main():
    name, export, artifact, recommendations = sys.argv[1:]
    check_card(export, name)
    agreement = Agreement(recommendations)
    READERS[name](export, History(artifact), agreement)
    agreement.report(name)


if __name__ == "__main__":
    main()
