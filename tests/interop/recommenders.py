"""Loads an exported recommender as a serving system does and holds what it recommends against `tidewright recommend`.

    recommenders.py FORMAT EXPORT ARTIFACT RECOMMENDATIONS.ndjson

RECOMMENDATIONS are those of `tidewright recommend ARTIFACT`: the items that users have in the history of ARTIFACT are
left out of the reader's answer, too. Prints the largest relative difference of a score, and ends with an error where one
is above 1e-5 or the lists differ other than by ties."""

import json
import os
import sys

import numpy
import yaml
from safetensors.numpy import load_file

TOLERANCE = 1e-5
USERS_AT_ONCE = 1024


class History:
    """What users have seen or disliked, by row."""

    def __init__(self, artifact):
        files = json.load(open(os.path.join(artifact, "manifest.json")))["files"]
        arrays = load_file(os.path.join(artifact, files["history"]["name"]))
        self.offsets, self.ids = arrays["offsets"], arrays["ids"]

    def of(self, row):
        return self.ids[self.offsets[row]:self.offsets[row + 1]]

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
        expected = self.expected[user][:len(items)] if len(items) else self.expected[user]
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
    assert front["data"]["fingerprint"] and "signals" in front["data"], front
    for file in os.listdir(export):
        assert file == "README.md" or f"| `{file}`" in card, f"{file} is not in the card"
    return front


def keep_unseen(row_ids, row_scores, seen, k):
    kept = ~numpy.isin(row_ids, seen) & (row_ids >= 0)
    return row_ids[kept][:k], row_scores[kept][:k]


def read_safetensors(export, history, agreement):
    arrays = load_file(os.path.join(export, "model.safetensors"))
    users, items = ids(export, "user_ids.json"), ids(export, "item_ids.json")
    k = min(10, len(items))
    for begin in range(0, len(users), USERS_AT_ONCE):
        scores = arrays["user_factors"][begin:begin + USERS_AT_ONCE] @ arrays["item_factors"].T
        for place, row in enumerate(scores):
            seen = history.of(begin + place)
            row[seen] = -numpy.inf
            best = numpy.lexsort((numpy.arange(len(row)), -row))[:min(k, len(row) - len(seen))]
            agreement.add(users[begin + place], [items[item] for item in best], row[best])


def read_faiss(export, history, agreement):
    import faiss

    index = faiss.read_index(os.path.join(export, "items.faiss"))
    assert isinstance(index, faiss.IndexFlatIP) and index.is_trained
    mapped = faiss.read_index(os.path.join(export, "items.faiss"), faiss.IO_FLAG_MMAP_IFC)
    users, items = ids(export, "user_ids.json"), ids(export, "item_ids.json")
    assert index.ntotal == len(items)
    queries = load_file(os.path.join(export, "users.safetensors"))["user_factors"]
    for begin in range(0, len(users), USERS_AT_ONCE):
        batch = queries[begin:begin + USERS_AT_ONCE]
        seen = [history.of(row) for row in range(begin, begin + len(batch))]
        wanted = min(len(items), 10 + max(map(len, seen)))
        scores, rows = index.search(batch, wanted)
        assert numpy.array_equal(mapped.search(batch[:8], wanted)[1], rows[:8])
        for place in range(len(batch)):
            best, of_best = keep_unseen(rows[place], scores[place], seen[place], 10)
            agreement.add(users[begin + place], [items[row] for row in best], of_best)


READERS = {"safetensors": read_safetensors, "faiss": read_faiss}


def main():
    name, export, artifact, recommendations = sys.argv[1:]
    check_card(export, name)
    agreement = Agreement(recommendations)
    READERS[name](export, History(artifact), agreement)
    agreement.report(name)


if __name__ == "__main__":
    main()
