"""One evaluator in float64 for factors of both: reads Tidewright's artifacts, computes both objectives.

Tidewright, with frequency exponent 0 and W, H the factors, s = <w, h>:

    T(W, H) = sum_observed c (s - 1)^2 + alpha0 sum_all s^2 + lambda (|W|^2 + |H|^2)

implicit, with its confidence C in place of, not on top of, the weight 1 of a pair that was not observed:

    P(X, Y) = sum_observed C (s - 1)^2 + sum_unobserved s^2 + lambda' (|X|^2 + |Y|^2)
            = sum_all s^2 + sum_observed [(C - 1) s^2 - 2 C s + C] + lambda' (|X|^2 + |Y|^2)

The quadratic parts are equal with alpha0 = 1 and c = C - 1; the linear parts are then 2 (C - 1) s and 2 C s. Where every
observed pair has the same C > 1, scaling the factors makes them equal, too: with a^2 = C / (C - 1), X = a W, Y = a H and
lambda' = a^2 lambda,

    P(a W, a H) = a^4 (T(W, H) - (C - 1) n) + C n        (n: observed pairs)

so that both have the same minima and, step for step, the same solves of rows, exact or by conjugate gradients. Where C
differs from pair to pair the objectives differ, and there is nothing to compare. Losses here are T, of implicit's factors
divided by a.

    loss.py ARTIFACT      evaluates an artifact; fails where the loss that its training reported is not that to 1e-5
    loss.py --self-check  the evaluator against dense sums in plain loops; the identity above; implicit's own loss and row
                          solve, where implicit is installed
"""

import importlib.util
import json
import math
import sys

import numpy as np

CHUNK = 1 << 18
TOLERANCE = 1e-5  # of a loss reported by float32 training


def arrays(path):
    raw = np.fromfile(path, np.uint8)
    start = 8 + int(raw[:8].view("<u8")[0])
    types = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "u1"}
    header = json.loads(raw[8:start].tobytes())
    return {
        name: raw[start + a["data_offsets"][0] : start + a["data_offsets"][1]].view(types[a["dtype"]]).reshape(a["shape"])
        for name, a in header.items()
        if name != "__metadata__"
    }


def artifact_part(directory, part):
    with open(directory + "/manifest.json", encoding="utf-8") as file:
        return arrays(directory + "/" + json.load(file)["files"][part]["name"])


def observed_sums(users, items, offsets, ids, confidence, preference):
    """sum over observed of confidence (s - preference)^2, and of s^2; confidence and preference an array or a number."""
    rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    weighted, squared = [], []
    for begin in range(0, len(ids), CHUNK):
        part = slice(begin, begin + CHUNK)
        s = np.einsum("ij,ij->i", users[rows[part]], items[ids[part]])
        c = confidence[part] if np.ndim(confidence) else confidence
        p = preference[part] if np.ndim(preference) else preference
        weighted.append(float(np.sum(c * (s - p) ** 2)))
        squared.append(float(s @ s))
    return math.fsum(weighted), math.fsum(squared)


def all_pairs(users, items):
    return float(np.sum((users.T @ users) * (items.T @ items)))


def squares(rows, weight=1.0):
    return float(np.sum(weight * np.einsum("ij,ij->i", rows, rows)))


def tidewright_loss(users, items, history, config):
    """The whole objective, by the options of the manifest: any unobserved weight, frequency exponent, dislikes."""
    users, items = users.astype(np.float64), items.astype(np.float64)
    offsets, ids, values = history["offsets"], history["ids"], history["values"].astype(np.float64)
    alpha, alpha0 = float(config["alpha"]), float(config["unobserved-weight"])
    exponent = float(config["frequency-exponent"])
    observed, _ = observed_sums(users, items, offsets, ids, 1 + alpha * np.abs(values), (values > 0) * 1.0)
    user_weight = (np.diff(offsets) + alpha0 * len(items)) ** exponent
    item_weight = (np.bincount(ids, minlength=len(items)) + alpha0 * len(users)) ** exponent
    penalty = squares(users, user_weight) + squares(items, item_weight)
    return observed + alpha0 * all_pairs(users, items) + float(config["regularization"]) * penalty


def implicit_loss(users, items, history, confidence, regularization):
    """P above; confidence: C, a number."""
    users, items = users.astype(np.float64), items.astype(np.float64)
    observed, squared = observed_sums(users, items, history["offsets"], history["ids"], confidence, 1.0)
    unobserved = all_pairs(users, items) - squared
    return observed + unobserved + regularization * (squares(users) + squares(items))


def scale_squared(confidence):
    return confidence / (confidence - 1)


def check_artifact(directory):
    """(reported by training, evaluated here, relative difference)."""
    with open(directory + "/manifest.json", encoding="utf-8") as file:
        manifest = json.load(file)
    model = artifact_part(directory, "model")
    history = artifact_part(directory, "history")
    found = tidewright_loss(model["user_factors"], model["item_factors"], history, manifest["config"])
    reported = float(manifest["training"]["loss"])
    return reported, found, abs(found - reported) / abs(reported)


def near(name, found, expected, tolerance=1e-12):
    difference = abs(found - expected) / max(abs(expected), 1e-300)
    print(f"{name:70} {found:.12g} {expected:.12g} ({difference:.1e})")
    if not difference <= tolerance:
        sys.exit(f"{name}: differs by more than {tolerance}")


def self_check():
    rng = np.random.default_rng(7)
    confidence, regularization = 3.5, 0.2
    a2 = scale_squared(confidence)
    seen = rng.random((9, 7)) < 0.4
    seen[np.arange(9), np.arange(9) % 7] = True
    offsets = np.concatenate([[0], np.cumsum(seen.sum(1))])
    ids = np.nonzero(seen)[1].astype(np.int32)
    users, items = rng.normal(size=(9, 4)), rng.normal(size=(7, 4))
    history = {"offsets": offsets, "ids": ids, "values": np.ones(len(ids), np.float32)}
    config = {"alpha": confidence - 2, "unobserved-weight": 1, "frequency-exponent": 0, "regularization": regularization / a2}

    scaled_users, scaled_items = users * math.sqrt(a2), items * math.sqrt(a2)
    ours = theirs = 0.0
    for u in range(9):
        for i in range(7):
            s, t = users[u] @ items[i], scaled_users[u] @ scaled_items[i]
            ours += s**2 + (confidence - 1) * (s - 1) ** 2 * seen[u, i]
            theirs += confidence * (t - 1) ** 2 if seen[u, i] else t**2
    ours += regularization / a2 * (squares(users) + squares(items))
    theirs += regularization * (squares(scaled_users) + squares(scaled_items))
    evaluated = implicit_loss(scaled_users, scaled_items, history, confidence, regularization)
    near("Tidewright's objective, evaluator and loops", tidewright_loss(users, items, history, config), ours)
    near("implicit's objective, evaluator and loops", evaluated, theirs)
    near("the identity: P(aW, aH) and a^4 (T - (C-1) n) + C n", evaluated,
         a2**2 * (ours - (confidence - 1) * len(ids)) + confidence * len(ids))

    # All options, as trained with: dislikes, any weights.
    history["values"] = np.where(rng.random(len(ids)) < 0.3, -2, 1.5).astype(np.float32)
    config = {"alpha": 0.7, "unobserved-weight": 0.3, "frequency-exponent": 0.8, "regularization": 0.05}
    full, entry = 0.0, 0
    for u in range(9):
        for i in range(7):
            s = users[u] @ items[i]
            full += 0.3 * s**2
            if seen[u, i]:
                value = float(history["values"][entry])
                full += (1 + 0.7 * abs(value)) * (s - (value > 0)) ** 2
                entry += 1
        full += 0.05 * (seen[u].sum() + 0.3 * 7) ** 0.8 * (users[u] @ users[u])
    for i in range(7):
        full += 0.05 * (seen[:, i].sum() + 0.3 * 9) ** 0.8 * (items[i] @ items[i])
    near("Tidewright's whole objective, evaluator and loops", tidewright_loss(users, items, history, config), full)
    if importlib.util.find_spec("implicit") is None:
        print("implicit is not installed: its own loss and row solve are not checked")
    else:
        check_implicit(seen, scaled_users, scaled_items, confidence, regularization, evaluated, users, items)


def check_implicit(seen, scaled_users, scaled_items, confidence, regularization, evaluated, users, items):
    """implicit's own loss (per unit of confidence) is the evaluator's; its exact row solves are Tidewright's equations."""
    import scipy.sparse
    from implicit.cpu import _als

    matrix = scipy.sparse.csr_matrix(seen.astype(np.float32) * np.float32(confidence))
    weights = confidence * matrix.nnz + seen.size - matrix.nnz
    # Its regularization is a float32.
    own = _als.calculate_loss(matrix, scaled_users, scaled_items, regularization, num_threads=1)
    near("implicit's own loss and the evaluator", own * weights, evaluated, 1e-7)

    solved = scaled_users.copy()
    _als.least_squares(matrix, solved, scaled_items, regularization, num_threads=1)
    a2 = scale_squared(confidence)
    rows = np.empty_like(users)
    for u in range(len(users)):
        mine = items[seen[u]]
        system = items.T @ items + (confidence - 1) * mine.T @ mine + regularization / a2 * np.eye(items.shape[1])
        rows[u] = np.linalg.solve(system, (confidence - 1) * mine.sum(0))
    near("largest difference of implicit's solved rows from a times ours, + 1",
         1 + float(np.max(np.abs(solved - rows * math.sqrt(a2)))), 1.0, 1e-12)


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-check"]:
        self_check()
    elif len(sys.argv) == 2:
        reported, found, relative = check_artifact(sys.argv[1])
        print(f"reported {reported:.6f}, evaluated {found:.6f}, relative difference {relative:.1e}")
        sys.exit(not relative <= TOLERANCE)
    else:
        sys.exit(__doc__)
