#!/usr/bin/env bash
# What --storage bf16 and fp16 lose and take, beside fp32: trains iALS three times on Gowalla's whole training part, alike
# but for the storage, with the settings of gowalla_quality.sh, and ranks for every user of the test part. Nothing is
# chosen by the test part. Prints recall@20 and NDCG@20 of each, the difference from fp32 user by user with its 95 %
# interval (normal, over users), and the median seconds of an epoch.
#
#   bench/storage_quality.sh GOWALLA_DIR [OPTION VALUE]…   (the directory with train.txt[.gz] and test.txt[.gz])
#     --factors N               [128]
#     --train '--solver …'      more options of `tidewright train`   [--device cpu]
set -euo pipefail
cd "$(dirname "$0")/.."
tidewright=${TIDEWRIGHT:-build/cpu/bin/tidewright}
source=${1:?the directory with train.txt and test.txt}
shift
factors=128 train='--device cpu'
while [ $# -gt 0 ]; do
  value=${2:?$1 needs a value}
  case $1 in
    --factors) factors=$value ;;
    --train) train=$value ;;
    *) echo "$1: no such option; the head of $0 lists them" >&2 && exit 2 ;;
  esac
  shift 2
done
work=${TIDEWRIGHT_BENCH_DIR:-build/bench}
mkdir -p "$work"
data=$work/gowalla.h5
if [ ! -e "$data" ]; then
  "$tidewright" import pairs "$source"/train.txt* --test "$source"/test.txt* -o "$data" >&2
fi
read -ra more <<< "$train"
models=()
for storage in fp32 bf16 fp16; do
  model=$work/storage.$storage
  echo "Training with --storage $storage" >&2
  "$tidewright" train ials "$data" -o "$model" --split file --storage "$storage" --factors "$factors" --epochs 5 \
    --regularization 0.004 --unobserved-weight 0.0125 --frequency-exponent 1 --seed 1 "${more[@]}" \
    2> "$model.log" > /dev/null || { cat "$model.log" >&2; exit 1; }
  "$tidewright" recommend "$model" --users all -k 20 -o "$model.ndjson" > /dev/null 2>&1
  "$tidewright" evaluate "$model" "$data" --json > "$model.json" 2> /dev/null
  models+=("$model")
done
/usr/bin/python3 - "$source" "${models[@]}" <<'P'
import glob, gzip, json, math, statistics, sys

K = 20


def read_pairs(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
        return {words[0]: set(words[1:]) for words in map(str.split, lines) if len(words) > 1}


def judge(model, relevant):
    """user -> (recall, NDCG); checked against the means that `tidewright evaluate` found."""
    found = {}
    with open(model + ".ndjson", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            wanted = relevant.get(entry["user"])
            if wanted is None:
                continue
            hits = [place for place, item in enumerate(entry["items"]) if item["item"] in wanted]
            ideal = sum(1 / math.log2(place + 2) for place in range(min(K, len(wanted))))
            found[entry["user"]] = (len(hits) / len(wanted), sum(1 / math.log2(place + 2) for place in hits) / ideal)
    with open(model + ".json", encoding="utf-8") as file:
        metrics = json.load(file)["metrics"]
    for place, name in enumerate((f"recall@{K}", f"ndcg@{K}")):
        mean = statistics.fmean(values[place] for values in found.values())
        if abs(mean - metrics[name]["mean"]) > 1e-5:
            sys.exit(f"{model}: {name} is {mean} by its lists, {metrics[name]['mean']} by tidewright evaluate")
    return found


source, models = sys.argv[1], sys.argv[2:]
relevant = read_pairs(glob.glob(source + "/test.txt*")[0])
judged = [judge(model, relevant) for model in models]
print(f"{len(judged[0])} users")
print("| storage | recall@20 | from fp32 | 95 % | NDCG@20 | from fp32 | 95 % | s an epoch |\n|---|---|---|---|---|---|---|---|")
for model, values in zip(models, judged):
    cells = [model.rsplit(".", 1)[1]]
    for place in range(2):
        differences = [values[user][place] - judged[0][user][place] for user in judged[0]]
        mean = statistics.fmean(differences)
        half = 1.96 * statistics.stdev(differences) / math.sqrt(len(differences))
        cells += [f"{statistics.fmean(value[place] for value in values.values()):.4f}", f"{mean:+.5f}",
                  f"{mean - half:+.5f} to {mean + half:+.5f}"]
    with open(model + "/run.json", encoding="utf-8") as file:
        cells.append(f'{statistics.median(json.load(file)["epoch_seconds"]):.3f}')
    print("| " + " | ".join(cells) + " |")
P
