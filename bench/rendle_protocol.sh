#!/usr/bin/env bash
# The protocol of Rendle et al., "Revisiting the performance of iALS on item recommendation benchmarks" (arXiv 2110.14037)
# for ML-20M, on any file of ratings: ratings above 3.5 become implicit entries; users with fewer than 5 of them are left
# out; N users are held out for validation and N others for the test, whole; 80 % of a held-out user's items fold in, 20 %
# are the target. Trains on the other users, takes the epoch that is best for the validation users, and prints
# recall_capped@20, recall_capped@50 and ndcg@100 of the test users beside popularity.
#
#   bench/rendle_protocol.sh RATINGS.csv[.gz] [OPTION VALUE]…
#     --user COL --item COL --value COL     columns                          [userId, movieId, rating]
#     --above RATING                        what counts as an entry          [3.5]
#     --min-user-items N                    of a user who stays              [5]
#     --heldout N                           users for validation, and as many for the test [10000]
#     --factors N --epochs N                at most so many epochs           [64; 16]
#     --regularization X --unobserved-weight X                               [0.003; 0.1: the paper's]
#     --search TRIALS                       chooses these two by the validation users in so many trials, and the epoch
#                                           by early stopping               [0: takes them as given]
#     --train '…'                           more options of `tidewright train`
# ML-20M itself: bench/rendle_protocol.sh ratings.csv --factors 2048 --train '--solver ialspp --block-size 128'
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
ratings=${1:?a CSV file of ratings}
shift
user=userId item=movieId value_column=rating above=3.5 min_user_items=5 heldout=10000 factors=64 epochs=16
regularization=0.003 unobserved=0.1 search=0 train='--device auto'
while [ $# -gt 0 ]; do
  value=${2:?$1 needs a value}
  case $1 in
    --user) user=$value ;;
    --item) item=$value ;;
    --value) value_column=$value ;;
    --above) above=$value ;;
    --min-user-items) min_user_items=$value ;;
    --heldout) heldout=$value ;;
    --factors) factors=$value ;;
    --epochs) epochs=$value ;;
    --regularization) regularization=$value ;;
    --unobserved-weight) unobserved=$value ;;
    --search) search=$value ;;
    --train) train=$value ;;
    *) echo "$1: no such option; the head of $0 lists them" >&2 && exit 2 ;;
  esac
  shift 2
done
mkdir -p build/bench
work=$(mktemp -d build/bench/rendle.XXXXXX)
trap 'rm -rf "$work"' EXIT
read -ra more <<< "$train"
show() {
  printf '$ tidewright'
  printf ' %q' "$@"
  echo
  "$tidewright" "$@"
}

# One event an entry: the rating itself is not used, as in the paper.
show import csv "$ratings" -o "$work/ratings.h5" --user "$user" --item "$item" \
  --drop-rule "$value_column <= $above" --min-user-items "$min_user_items"
if [ "$search" -gt 0 ]; then
  echo "Searching: $factors factors, by ndcg@100 of $heldout validation users; $search trials at most"
  read -r regularization unobserved _ epochs _ < <(
    /usr/bin/python3 bench/ials_search.py "$work/ratings.h5" --memory "$work/trials.csv" --factors "$factors" \
      --split "users:$heldout" --validate "users:$heldout" --metric ndcg@100 --epochs "$epochs" --patience 2 \
      --start "$regularization,$unobserved,1" --max-trials "$search" --train "--aggregate last $train" --tidewright "$tidewright")
fi
show train ials "$work/ratings.h5" -o "$work/model" --split "users:$heldout" --validate "users:$heldout" \
  --validate-metric ndcg@100 --aggregate last --factors "$factors" --epochs "$epochs" --regularization "$regularization" \
  --unobserved-weight "$unobserved" --frequency-exponent 1 --init-scale 0.1 "${more[@]}"
show evaluate "$work/model" "$work/ratings.h5" -k 20,50,100 > "$work/metrics.txt"
grep -E '^\$|users, split|^metric|^recall_capped@(20|50) |^ndcg@100 ' "$work/metrics.txt"
