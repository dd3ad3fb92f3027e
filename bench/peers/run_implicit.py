"""Trains implicit's ALS on the training matrix of a Tidewright artifact; prints a JSON line: seconds of each iteration, as
its callback reports them, and what it ran on. compare.py starts it."""

import argparse
import json

import implicit
import numpy as np
import scipy
import scipy.sparse
import threadpoolctl
from implicit.cpu.als import AlternatingLeastSquares

import loss


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artifact")
    parser.add_argument("--factors", type=int, required=True)
    parser.add_argument("--iterations", type=int, required=True)
    parser.add_argument("--confidence", type=float, required=True)
    parser.add_argument("--regularization", type=float, required=True)
    parser.add_argument("--cg-steps", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", help="the .npz to write the factors to")
    options = parser.parse_args()

    history = loss.artifact_part(options.artifact, "history")
    model = loss.artifact_part(options.artifact, "model")
    shape = (len(model["user_factors"]), len(model["item_factors"]))
    values = np.full(len(history["ids"]), options.confidence, np.float32)
    matrix = scipy.sparse.csr_matrix((values, history["ids"], history["offsets"]), shape)

    als = AlternatingLeastSquares(
        factors=options.factors,
        regularization=options.regularization,
        alpha=1.0,  # the confidences are in the matrix
        dtype=np.float32,
        use_native=True,
        use_cg=True,
        iterations=options.iterations,
        calculate_training_loss=False,
        num_threads=options.threads,
        random_state=options.seed,
    )
    als.cg_steps = options.cg_steps
    seconds = []
    als.fit(matrix, show_progress=False, callback=lambda iteration, elapsed, _: seconds.append(elapsed))
    if options.save:
        np.savez(options.save, user_factors=als.user_factors, item_factors=als.item_factors)
    pools = threadpoolctl.threadpool_info()
    blas = sorted({f"{p['internal_api']} {p['version']} {p.get('architecture', '')}, {p['num_threads']} thread"
                   for p in pools if p["user_api"] == "blas"})
    print(json.dumps({
        "seconds": seconds,
        "versions": f"implicit {implicit.__version__}, numpy {np.__version__}, scipy {scipy.__version__}",
        "blas": "; ".join(blas),
    }))


if __name__ == "__main__":
    main()
