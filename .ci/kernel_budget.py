#!/usr/bin/python3
"""The gate on what the hot CUDA kernels take: registers, static shared memory, and no byte of spills or stack.

    /usr/bin/python3 .ci/kernel_budget.py [BUILD [LOG]]     (default build/cuda, configured with the cuda preset)

Exits 1 where a kernel below outgrows its budget for sm_80 or sm_90, or is not there. LOG is what a build of all sources with
-Xptxas=-v printed; without it, or where it lacks a kernel, the sources are compiled once more as BUILD does.
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ARCHITECTURES = ["sm_80", "sm_90"]
# 384 threads a block leave 168 registers a thread.
ROWS = {"registers": 168, "shared": 0}
PRECISIONS = ["Tf32Multiply", "Fp32Multiply"]
# 256 threads a block, two blocks a multiprocessor at least.
CG = {"registers": 128, "shared": 0}
CG_TEAMS = ["8, 1", "16, 1", "32, 1", "32, 2", "32, 4"]
STORED = ["float", "Bf16", "Fp16"]
BUDGETS = {
    **{f"{what}Kernel<{p}, {e}>": ROWS for what in ("SolveRows", "AccumulateParts", "AccumulatePanels") for p in PRECISIONS for e in STORED},
    **{f"SolvePartsKernel<{p}, false>": ROWS for p in PRECISIONS},
    # 256 threads a block leave 255.
    **{f"SolvePartsKernel<{p}, true>": {"registers": 255, "shared": 0} for p in PRECISIONS},
    **{f"Cg{length}Kernel<{e}, {team}>": CG for length in ("Short", "Long") for e in STORED for team in CG_TEAMS},
    # 1024 threads leave 64.
    **{f"CgWideKernel<{e}, {vectors}>": {"registers": 64, "shared": 0} for e in STORED for vectors in (1, 2)},
    **{f"CgUpdateKernel<{warps}>": {"registers": 80, "shared": 0} for warps in (1, 8)},
    **{f"IalsppSolveRowsKernel<{p}, {e}>": ROWS for p in PRECISIONS for e in STORED},
    **{f"IalsppSolvePartsKernel<{p}, false>": ROWS for p in PRECISIONS},
    **{f"IalsppSolvePartsKernel<{p}, true>": {"registers": 255, "shared": 0} for p in PRECISIONS},
    **{f"Ialspp{what}Kernel<{e}>": CG for what in ("Predict", "MoveParts") for e in STORED},
    "IalsppFinishKernel": {"registers": 64, "shared": 0},
    "GbdtHistogramKernel": {"registers": 40, "shared": 0},
    "GbdtSearchKernel": {"registers": 64, "shared": 11312},
    "GbdtCountLeftsKernel": {"registers": 40, "shared": 2048},
    "GbdtMoveRowsKernel": {"registers": 40, "shared": 2048},
    "GbdtSummaryKernel": {"registers": 64, "shared": 18560},
    "LogisticPartKernel": {"registers": 64, "shared": 0},
    "BgnbdPartKernel": {"registers": 64, "shared": 0},
    "FeatureProfileKernel": {"registers": 96, "shared": 0},
    **{f"Feature{what}Kernel": {"registers": 40, "shared": 0} for what in ("Count", "Visits", "Items", "Totals", "Facts", "Value")},
    "SelectTopKKernel": {"registers": 64, "shared": 9344},
    "CountAboveKernel": {"registers": 64, "shared": 4096},
}
SOURCES = ["cuda/ials/rows_tf32.cu", "cuda/ials/rows_fp32.cu", "cuda/ials/cg_launch.cu",
           "cuda/ials/ialspp_tf32.cu", "cuda/ials/ialspp_fp32.cu", "cuda/ials/ialspp_launch.cu",
           "cuda/gbdt/gbdt_launch.cu", "cuda/logistic/logistic_launch.cu", "cuda/topk/top_k_launch.cu",
           "cuda/bgnbd/bgnbd_launch.cu", "cuda/features/features_launch.cu"]

KERNEL = re.compile(r"Compiling entry function '([^']+)' for '(sm_\d+)'")
FRAME = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+) bytes smem")


def compile_verbosely(command, folder, target):
    """ptxas's account of one source file."""
    words = shlex.split(command)
    words[words.index("-o") + 1] = str(target)
    wanted = [f"--generate-code=arch={name.replace('sm', 'compute')},code=[{name}]" for name in ARCHITECTURES]
    if [word for word in words if word.startswith("--generate-code")] != wanted:
        words = [word for word in words if not word.startswith(("--generate-code", "-gencode", "-arch"))] + wanted
    if "-Xptxas=-v" not in words:
        words.append("-Xptxas=-v")
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def short_name(mangled):
    name = subprocess.run(["c++filt", mangled], capture_output=True, text=True, check=True).stdout.strip()
    name = name.replace("tidewright::", "").removeprefix("void ")
    return name.partition("(")[0]


def read_account(text):
    """(kernel, architecture) -> what it takes."""
    found = {}
    current = None
    for line in text.splitlines():
        if match := KERNEL.search(line):
            current = found.setdefault((short_name(match.group(1)), match.group(2)), {})
        elif current is None:
            continue
        elif match := FRAME.search(line):
            current["stack"] = max(map(int, match.groups()))
        elif match := USED.search(line):
            shared = SHARED.search(line)
            current.update(registers=int(match.group(1)), shared=int(shared.group(1)) if shared else 0)
    return found


def breaches(found):
    for kernel, budget in BUDGETS.items():
        for architecture in ARCHITECTURES:
            taken = found.get((kernel, architecture))
            if taken is None:
                yield f"{kernel} for {architecture}: not found in {', '.join(SOURCES)}"
                continue
            if taken["stack"] > 0:
                yield f"{kernel} for {architecture}: {taken['stack']} bytes of stack or spills; 0 allowed"
            for resource, most in budget.items():
                if taken[resource] > most:
                    yield f"{kernel} for {architecture}: {taken[resource]} {resource}; {most} allowed"


def compile_sources(build):
    commands = {pathlib.Path(entry["file"]).resolve(): entry
                for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            entry = commands.get(pathlib.Path(source).resolve())
            if entry is None:
                sys.exit(f"{source} is not built in {build}; expected a build of the cuda preset")
            target = pathlib.Path(folder) / (pathlib.Path(source).stem + ".o")
            found.update(read_account(compile_verbosely(entry["command"], entry["directory"], target)))
    return found


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/cuda")
    found = read_account(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")) if len(sys.argv) > 2 else {}
    if any((kernel, architecture) not in found for kernel in BUDGETS for architecture in ARCHITECTURES):
        found = compile_sources(build)
    for (kernel, architecture), taken in sorted(found.items()):
        print(f"{architecture}  {kernel:42} {taken['registers']:4} registers {taken['shared']:6} shared"
              f" {taken['stack']:4} stack and spills")
    broken = list(breaches(found))
    print("\n".join(broken + [f"{len(found)} kernels, {len(broken)} over budget"]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
