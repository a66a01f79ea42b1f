"""Helper of side-by-side.sh: keeps figures of both sides and prints them as a table of ratios.

note WHO JOB     standard input: what a benchmark printed; prints one line {job, who, figures}
wall FROM TO     two times in seconds; prints {"wall_s": difference}
table FILE       prints the Markdown table of the noted lines
"""
import json
import statistics
import sys

# The figure of each job on either side, whether more is better, and the ratio it aims at.
FIGURES = {
    "train": ("tokens_per_s", True),
    "decode": ("tokens_per_s", True),
    "grpo": ("seconds_per_step", False),
    "run": ("wall_s", False),
}
GOALS = {
    "train tiny": 2, "train small": 2, "train base10m": 1.7, "train base30m": 1.3, "decode base10m 1": 3,
    "decode base30m 1": 2.5, "decode base10m 64": 4, "decode base30m 64": 4, "grpo tiny": 4, "grpo base10m": 3.5,
}
PEERS = {"tokens_per_s": ("tokens_per_s", "decode_tok_s"), "seconds_per_step": ("s_per_step",), "wall_s": ("wall_s",)}


def value(who, figures, key):
    """A number, or the median of a summary such as {"median": …, "min": …}."""
    for name in (key, *(PEERS[key] if who == "peer" else ())):
        if name in figures:
            found = figures[name]
            return found["median"] if isinstance(found, dict) else found
    raise KeyError(f"{who} gave no {key}: {sorted(figures)}")


def note(who, job):
    lines = sys.stdin.read()
    start = lines.rfind("\n{", 0, lines.rfind("}"))
    figures = json.loads(lines[start + 1:])
    print(json.dumps({"job": job, "who": who, "figures": figures}))


def table(path):
    jobs = {}
    for line in open(path):
        entry = json.loads(line)
        key = FIGURES[entry["job"].split()[0]][0]
        jobs.setdefault(entry["job"], {}).setdefault(entry["who"], []).append((value(entry["who"], entry["figures"], key), entry["figures"]))
    print("| job | figure | Genka | peer | Genka is faster | goal | Genka's share of FMA peak |\n|---|---|---|---|---|---|---|")
    for job, sides in jobs.items():
        key, more = FIGURES[job.split()[0]]
        cells, medians = {}, {}
        for who, runs in sides.items():
            numbers = [number for number, _ in runs]
            medians[who] = statistics.median(numbers)
            cells[who] = f"{medians[who]:,.4g} ({min(numbers):,.4g}–{max(numbers):,.4g})"
        ratio = "–"
        if len(medians) == 2:
            faster = medians["genka"] / medians["peer"] if more else medians["peer"] / medians["genka"]
            ratio = f"{faster:.2f}×"
        shares = [f["achieved_gflops"] / f["peak_gflops"] for _, f in sides.get("genka", []) if "achieved_gflops" in f]
        share = f"{100 * statistics.median(shares):.0f} %" if shares else "–"
        goal = f"≥ {GOALS[job]}×" if job in GOALS else "–"
        print(f"| {job} | {key} | {cells.get('genka', '–')} | {cells.get('peer', '–')} | {ratio} | {goal} | {share} |")


if __name__ == "__main__":
    {"note": note, "table": table, "wall": lambda a, b: print(json.dumps({"wall_s": float(b) - float(a)}))}[sys.argv[1]](*sys.argv[2:])
