"""Ranking metrics from their definitions, for evaluate_test.cpp: reference.py INPUT OUTPUT."""
import math
import sys

import numpy as np


def philox(seed, stream, indices):
    """Philox4x32-10 of counters (index, stream) and key seed, as four columns."""
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    index = indices.astype(np.uint64)
    counter = [index & mask, index >> shift,
               np.full_like(index, stream & 0xFFFFFFFF), np.full_like(index, stream >> 32)]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        left = counter[0] * np.uint64(0xD2511F53)
        right = counter[2] * np.uint64(0xCD9E8D57)
        counter = [(right >> shift) ^ counter[1] ^ np.uint64(key[0]), right & mask,
                   (left >> shift) ^ counter[3] ^ np.uint64(key[1]), left & mask]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def resamples(users, seed, count):
    """count x users rows drawn with replacement: number d of resample r is bits of its own."""
    calls = (users + 1) // 2
    w = philox(seed, 5, np.arange(count * calls))
    bits = np.stack([(w[0] << np.uint64(32)) | w[1], (w[2] << np.uint64(32)) | w[3]], axis=1)
    bits = bits.reshape(count, 2 * calls)[:, :users]
    return np.array([[int(b) * users >> 64 for b in row] for row in bits])


def judge(ranked, relevant, k):
    """All list metrics of one user, from sets and loops."""
    top = list(ranked[:k])
    gains = [1.0 if item in relevant else 0.0 for item in top]
    hits = sum(gains)
    most = min(k, len(relevant))
    ideal = sum(1 / math.log2(2 + i) for i in range(most))
    precisions = [sum(gains[:i + 1]) / (i + 1) for i in range(len(top)) if gains[i]]
    first = next((i for i, gain in enumerate(gains) if gain), None)
    return {
        "recall": hits / len(relevant),
        "recall_capped": hits / most,
        "precision": hits / k,
        "ndcg": sum(g / math.log2(2 + i) for i, g in enumerate(gains)) / ideal,
        "map": sum(precisions) / most,
        "mrr": 0.0 if first is None else 1 / (first + 1),
        "hit_rate": 1.0 if hits else 0.0,
    }


def exposure(lists, popularity, train_users):
    items = len(popularity)
    shown = np.concatenate(lists)
    counts = np.bincount(shown, minlength=items).astype(float)
    differences = np.abs(counts[:, None] - counts[None, :]).sum()
    tenth = sorted(range(items), key=lambda i: (-popularity[i], i))[:math.ceil(items / 10)]
    share = np.maximum(popularity, 1)[shown] / train_users
    return {
        "coverage": len(set(shown.tolist())) / items,
        "gini": differences / (2 * items * items * counts.mean()),
        "novelty": float(np.mean(-np.log2(share))),
        "popular_share": float(np.isin(shown, tenth).mean()),
    }


def main():
    with open(sys.argv[1]) as file:
        lines = [line.split() for line in file]
    users, items, factors, train_users, seed = map(int, lines[0])
    cutoffs = list(map(int, lines[1]))
    queries = np.array(lines[2], float).reshape(users, factors)
    vectors = np.array(lines[3], float).reshape(items, factors)
    popularity = np.array(lines[4], int)
    rows = [(np.array(lines[i], int), np.array(lines[i + 1], int)) for i in (5, 7)]
    known, relevant = [[set(ids[o[u]:o[u + 1]].tolist()) for u in range(users)] for o, ids in rows]

    scores = queries @ vectors.T
    per_user = {}
    rankings = []
    for user in range(users):
        open_items = [i for i in range(items) if i not in known[user]]
        ranked = sorted(open_items, key=lambda i: (-scores[user, i], i))
        rankings.append(ranked)
        for k in cutoffs:
            for name, value in judge(ranked, relevant[user], k).items():
                per_user.setdefault(f"{name}@{k}", []).append(value)
        others = [i for i in open_items if i not in relevant[user]]
        wins = [(scores[user, r] > scores[user, o]) + 0.5 * (scores[user, r] == scores[user, o])
                for r in relevant[user] for o in others]
        per_user.setdefault("auc", []).append(float(np.mean(wins)))

    draws = resamples(users, seed, 1000)
    with open(sys.argv[2], "w") as out:
        for name, values in per_user.items():
            values = np.array(values)
            low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
            out.write(f"{name} {values.mean():.17g} {low:.17g} {high:.17g}\n")
        for k in cutoffs:
            lists = [np.array(ranking[:k], int) for ranking in rankings]
            for name, value in exposure(lists, popularity, train_users).items():
                out.write(f"{name}@{k} {value:.17g} 0 0\n")


main()
