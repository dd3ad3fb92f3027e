#!/usr/bin/python3
"""The rules of CONTRIBUTING.md that a machine can read off the sources: who may include whom, what is included where,
no conditional compilation, files of at most 400 lines, pages whose headings are ones. Prints a line for each breach; exits 1 where there is one."""

import pathlib
import re
import sys

FOLDERS = [".ci", "bench", "cli", "cmake", "cuda", "datasets", "host", "tests"]
PAGES = (".md",)
CODE = (".h", ".cpp", ".cu", ".cuh", ".py", ".sh", ".cmake", "CMakeLists.txt")
MAX_LINES = 400
THE_ONE_IFDEF = "host/core/host_device.h"

# A room may include itself and the rooms (or single headers) named here. tests/ and bench/ may include everything.
CORE = ["host/core"]
DATA = CORE + ["host/data"]
ALGORITHM = DATA + ["host/features", "host/linalg", "host/metrics", "host/model", "host/optim"]
ALGORITHMS = ["host/bgnbd", "host/gbdt", "host/ials", "host/logistic"]
BACKEND = ALGORITHM + ALGORITHMS + ["host/backend", "host/hazard"]
MAY_INCLUDE = {
    "host/core": [],
    "host/linalg": CORE,
    "host/data": CORE,
    "host/features": DATA,
    "host/model": DATA + ["host/linalg"],
    "host/optim": CORE + ["host/model"],
    "host/metrics": DATA + ["host/linalg", "host/model"],
    "host/plot": CORE + ["host/metrics"],
    **{algorithm: ALGORITHM for algorithm in ALGORITHMS},
    "host/hazard": ALGORITHM + ["host/gbdt"],
    "host/backend": BACKEND,
    "host/train": BACKEND,
    "host/bench": BACKEND,
    "host/export": BACKEND + ["host/train"],
    "cuda": BACKEND,
    "cli": ["host"],
}

# Outside headers (a regular expression of the included name) and the files (of the path) that may include them.
OUTSIDE = [
    (r"(hdf5|H5\w+)\.h", r"(host/data/hdf5|tests)/.*"),
    (r"CLI/.*|CLI11\.hpp", r"cli/.*"),
    (r"toml\+\+/.*|toml\.hpp", r"cli/.*"),
    (r"faiss/.*|omp\.h", r"host/export/hnsw/libfaiss\.cpp"),
    (r"nlohmann/.*", r".*\.cpp"),
    (r"(thrust|cub|cuda)/.*", r".*\.(cu|cuh)"),
    (r"cuda\w*\.h|cublas\w*\.h|mma\.h|cooperative_groups.*", r"(cuda|tests/cuda|bench)/.*"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
NO_HEADING = re.compile(r"^ *#+[A-Za-z]")
CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif|else)\b\s*(\w*)")


def room_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "host" else parts[0]


def allowed(room, included):
    names = [room] + MAY_INCLUDE.get(room, [])
    return any(included == name or included.startswith(name + "/") for name in names)


def check_includes(path, number, line, is_ours):
    match = INCLUDE.match(line)
    if not match:
        return
    included = match.group(2)
    room = room_of(path)
    if is_ours(included):
        if room in MAY_INCLUDE and not allowed(room, included):
            yield f"{path}:{number}: {room} may not include {included}: dependencies run one way"
    elif match.group(1) == '"':
        yield f"{path}:{number}: {included} is not a file of this repository (write the path from its root)"
    for pattern, files in OUTSIDE if not is_ours(included) else ():
        if re.fullmatch(pattern, included) and not re.fullmatch(files, path):
            yield f"{path}:{number}: {included} may be included only in files that match {files}"


def check_file(path, text, is_ours):
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        yield f"{path}: {len(lines)} lines; at most {MAX_LINES}: split it by idea"
    if not path.endswith((".h", ".cpp", ".cu", ".cuh")):
        return
    if path.startswith("host/") and room_of(path) not in MAY_INCLUDE:
        yield f"{path}: room {room_of(path)} is not in the table of .ci/check_source.py: say what it may include"
    guard = "TIDEWRIGHT_" + re.sub(r"\W", "_", path).upper() + "_"
    if path.endswith((".h", ".cuh")) and not path.endswith("-inl.h") and f"#ifndef {guard}\n#define {guard}\n" not in text:
        yield f"{path}: expected the include guard {guard}"
    includes = [match for match in map(INCLUDE.match, lines) if match]
    own = next((str(pathlib.PurePath(path).with_suffix(suffix)) for suffix in (".h", ".cuh")
                if is_ours(str(pathlib.PurePath(path).with_suffix(suffix)))), None)
    if path.endswith((".cpp", ".cu")) and own and (not includes or includes[0].group(2) != own):
        yield f"{path}: expected {own} before every other include: so the header is seen to compile alone"
    for number, line in enumerate(lines, 1):
        yield from check_includes(path, number, line, is_ours)
        conditional = CONDITIONAL.match(line)
        if conditional and path != THE_ONE_IFDEF:
            if conditional.groups() not in {("ifndef", guard), ("if", "HWY_ONCE")}:  # the latter is Highway's idiom
                yield f"{path}:{number}: conditional compilation; the only one is in {THE_ONE_IFDEF}: {line.strip()}"


def check_page(path, text):
    in_code = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code and NO_HEADING.match(line):
            yield f"{path}:{number}: a heading without a space after its #; did a formatter of code run over the page? {line}"


def main():
    pages = sorted(str(path) for top in [".", *FOLDERS] for path in pathlib.Path(top).glob("*" if top == "." else "**/*")
                   if path.is_file() and path.name.endswith(PAGES))
    paths = sorted(str(path) for top in FOLDERS for path in pathlib.Path(top).rglob("*")
                   if path.is_file() and path.name.endswith(CODE))
    known = set(paths)
    breaches = [breach for path in paths
                for breach in check_file(path, pathlib.Path(path).read_text(encoding="utf-8"), known.__contains__)]
    breaches += [breach for path in pages for breach in check_page(path, pathlib.Path(path).read_text(encoding="utf-8"))]
    print("\n".join(breaches + [f"{len(paths) + len(pages)} files checked, {len(breaches)} breaches"]))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
