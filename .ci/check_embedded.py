#!/usr/bin/python3
"""What the workflows and the Dockerfile would run where this machine cannot: every `run:` and RUN through shellcheck, every
instruction known, every source of a COPY there. Prints a line for each breach; exits 1 where there is one."""

import pathlib
import re
import subprocess
import sys

import yaml

INSTRUCTIONS = {"ARG", "FROM", "SHELL", "WORKDIR", "COPY", "RUN", "ENV", "ENTRYPOINT", "CMD", "LABEL", "USER", "EXPOSE"}


def shellcheck(where, script, shell):
    # What ${{ }} stands for is the runner's to fill in.
    script = re.sub(r"\$\{\{.*?\}\}", "value", script)
    # SC1091: sourced files are checked themselves; SC2154: their variables.
    done = subprocess.run(["shellcheck", "--shell", shell, "--exclude", "SC1091,SC2154", "--format", "gcc", "-"],
                          input=script, capture_output=True, text=True, check=False)
    return [f"{where}: {line}" for line in done.stdout.splitlines()]


def check_workflow(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, job in workflow["jobs"].items():
        for number, step in enumerate(job["steps"], 1):
            if ("run" in step) == ("uses" in step):
                yield f"{path}: step {number} of {name}: expected either run or uses"
            if "run" in step:
                yield from shellcheck(f"{path}: step {number} of {name}", step["run"], step.get("shell", "bash"))


def check_dockerfile(path):
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    stages = set()
    lines = [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]
    if not any(line.startswith("FROM ") for line in lines):
        yield f"{path}: expected a FROM"
    for line in lines:
        instruction, _, rest = line.partition(" ")
        if instruction not in INSTRUCTIONS:
            yield f"{path}: unknown instruction: {line}"
        elif instruction == "FROM":
            image, _, stage = rest.partition(" AS ")
            if ":" not in image or image.endswith(":latest"):
                yield f"{path}: expected an image with a version: {line}"
            stages.add(stage)
        elif instruction == "RUN":
            yield from shellcheck(f"{path}: {line[:40]}...", rest, "bash")
        elif instruction == "COPY":
            words = rest.split()
            origin = [word[len("--from="):] for word in words if word.startswith("--from=")]
            if origin and origin[0] not in stages:
                yield f"{path}: no stage of that name before: {line}"
            for word in words[:-1] if not origin else ():
                if not (path.parent / word).exists():
                    yield f"{path}: there is no {word}: {line}"


def main():
    workflows = sorted(pathlib.Path(".github/workflows").glob("*.yml"))
    breaches = [breach for path in workflows for breach in check_workflow(path)]
    breaches += check_dockerfile(pathlib.Path("Dockerfile"))
    print("\n".join(breaches + [f"{len(workflows)} workflows and the Dockerfile checked, {len(breaches)} breaches"]))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
