"""python -m tests.benchmarks: requests per second of the real server, on SQLite and on PostgreSQL.

Needs the tests' dependencies. Takes about ten minutes; --only, --clients and --seconds make it shorter.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask

from tests.benchmarks import databases
from tests.benchmarks.data import ATTEMPTS, MOST_CLIENTS, TRAINEES, School, fill
from tests.benchmarks.grading import ITEMS, PAPERS, grading
from tests.benchmarks.inside import NoAnswer, statements_of, weights
from tests.benchmarks.kinds import KINDS, Kind
from tests.benchmarks.server import ROOT, Server, running
from training import create_app
from training.db import db
from training.schema import upgrade

WARM_UP = 1.0  # seconds
MOST_TURNS_A_SECOND = 500  # for which attempts are prepared
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> None:
    options = read_options()
    for name in list(os.environ):
        if name.startswith("TRAINING_") or name in ("DATABASE_URL", "HOST", "PORT"):
            del os.environ[name]  # default settings
    machine = about_machine()
    found: dict[str, Any] = {"machine": machine, "databases": {}}
    chosen = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="training-benchmark-") as folder:
            found["databases"][name] = measure(name, Path(folder), options)
    print_all(found, options)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="how long each cell is measured (3)")
    parser.add_argument(
        "--clients", type=int, nargs="+", default=[1, 8, 32], help=f"at once, at most {MOST_CLIENTS} (1 8 32)"
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=[kind.name for kind in KINDS], help="some rows: %(choices)s"
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--postgresql", metavar="URL", help="a server on which to make a database; one by pip without")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything that was measured to FILE")
    options = parser.parse_args()
    if not all(1 <= clients <= MOST_CLIENTS for clients in options.clients):
        parser.error(f"give 1 to {MOST_CLIENTS} clients")
    if not 0 < options.seconds <= 60:
        parser.error("give at most 60 seconds")
    return options


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


# Measure


def measure(name: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything about one kind of database."""
    with databases.sqlite(folder) if name == "sqlite" else databases.postgresql(folder, options.postgresql) as url:
        app = create_app({"DATABASE_URL": url}, instance_path=str(folder))
        begun = time.perf_counter()
        with app.app_context():
            upgrade()
            engine = db.engine
        try:
            school = fill(app)
            databases.settle(engine)
            say(f"{TITLES[name]}: filled in {time.perf_counter() - begun:.0f} s")
            kinds = [kind for kind in KINDS if not options.only or kind.name in options.only]
            statements = {kind.name: counted(app, school, kind) for kind in kinds}
            with running(folder, url) as server:
                at_rest = server.memory()
                cells = measure_cells(
                    app, school, server, [k for k in kinds if statements[k.name] is not None], options
                )
                measured = {
                    "about": databases.about(engine),
                    "flush": databases.flush_time(folder),
                    "rows": school.rows,
                    "statements": statements,
                    "weight": weights(app, school),
                    "cells": cells,
                    "memory": server.memory(),
                    "memory_at_rest": at_rest,
                    "first_answer": server.first_answer,
                }
            measured["grading"] = None if options.only else grading(app, school)
            return measured
        finally:
            engine.dispose()


def counted(app: Flask, school: School, kind: Kind) -> list[str] | None:
    """The statements of one turn; None, and a word about it, when there is nothing to measure."""
    try:
        return statements_of(app, school, kind)
    except NoAnswer as error:
        say(f"  {kind.title}: not measured. {error}")
        return None


def measure_cells(
    app: Flask, school: School, server: Server, kinds: Sequence[Kind], options: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    cells: dict[str, dict[str, Any]] = {}
    for kind in kinds:
        cells[kind.name] = {}
        for clients in options.clients:
            with app.app_context():
                turns = kind.turns(app, school, int((WARM_UP + options.seconds) * MOST_TURNS_A_SECOND))
            plan = {
                "port": server.port,
                "clients": clients,
                "warm_up": WARM_UP,
                "seconds": options.seconds,
                "turns": turns,
                "used_once": kind.used_once,
                "first_sequence": 1000 + 100_000 * len(cells[kind.name]),
            }
            cells[kind.name][str(clients)] = cell = summary(loaded(plan))
            say(f"  {kind.title}, {clients} at once: {shown(cell)}")
            if cell["errors"]:
                say(f"    {cell['errors']} errors, the first: {cell['first_error']}")
    return cells


def loaded(plan: dict[str, Any]) -> dict[str, Any]:
    """What the load generator measured, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        cwd=ROOT,
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def summary(measured: dict[str, Any]) -> dict[str, Any]:
    times = measured["milliseconds"]
    if not times:
        return {"count": 0, "rate": 0.0, "p50": 0.0, "p95": 0.0, **errors(measured)}
    return {
        "count": len(times),
        "rate": len(times) / measured["seconds"],
        "p50": median(times),
        "p95": quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0],
        **errors(measured),
    }


def errors(measured: dict[str, Any]) -> dict[str, Any]:
    return {"errors": measured["errors"], "first_error": measured["first_error"]}


# Print


def about_machine() -> dict[str, Any]:
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "cpu": model,
        "python": platform.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "commit": git("rev-parse", "--short", "HEAD")
        + (" with changes" if git("status", "--porcelain", "-uno") else ""),
    }


def git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def print_all(found: dict[str, Any], options: argparse.Namespace) -> None:
    machine, measured = found["machine"], found["databases"]
    print(f"{machine['cores']} cores ({machine['cpu']}), Python {machine['python']}, commit {machine['commit'] or '?'}")
    if machine["load"] is not None:
        print(f"Load of the machine before the run: {machine['load']:.1f}; near 0 when nothing else runs on it.")
    for one in measured.values():
        rows = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in one["rows"].items())
        print(f"{one['about']}, a flush to the disk takes {one['flush']:.1f} ms. Rows: {rows}.")
    print(
        f"A cohort of {TRAINEES:,} trainees with {ATTEMPTS:,} submitted attempts; {options.seconds:g} s for each cell."
    )
    print("Each cell: answers a second, p50 / p95 in milliseconds.\n")
    lines = [["", "Database", "SQL", *(f"{n} client{'s' * (n > 1)}" for n in options.clients), "Errors"]]
    for kind in KINDS:
        for name, one in measured.items():
            if kind.name in one["statements"]:
                lines.append([kind.title, TITLES[name], *cells_of(one, kind)])
    print_table(lines)
    print()
    lines = [["", *(TITLES[name] for name in measured)]]
    lines.append(
        ["Memory of the server before (PSS)", *(megabytes(one["memory_at_rest"]) for one in measured.values())]
    )
    lines.append(["Memory of the server after the run (PSS)", *(megabytes(one["memory"]) for one in measured.values())])
    lines.append(
        ["From `training serve` to the first answer", *(f"{one['first_answer']:.2f} s" for one in measured.values())]
    )
    lines.append(
        ["First visit to the heaviest lesson, compressed", *(wire(one["weight"]) for one in measured.values())]
    )
    if not options.only:
        title = f"{PAPERS:,} attempts of {ITEMS} questions"
        lines.append([f"Marking {title}, by the rules alone", *(seconds(one, "marked") for one in measured.values())])
        lines.append([f"`training recompute --check` of {title}", *(checked(one) for one in measured.values())])
    print_table(lines)


def seconds(one: dict[str, Any], part: str) -> str:
    return f"{one['grading'][part]:.1f} s"


def checked(one: dict[str, Any]) -> str:
    return f"{seconds(one, 'checked')}, {one['grading']['different']:,} of {one['grading']['compared']:,} differ"


def cells_of(one: dict[str, Any], kind: Kind) -> list[str]:
    statements, cells = one["statements"][kind.name], one["cells"].get(kind.name)
    if cells is None:
        return ["not measured", *[""] * (len(next(iter(one["cells"].values()), {})) + 1)]
    return [
        str(len(statements)),
        *(shown(cell) for cell in cells.values()),
        str(sum(cell["errors"] for cell in cells.values())),
    ]


def shown(cell: dict[str, Any]) -> str:
    return f"{number(cell['rate'])}/s, {number(cell['p50'])} / {number(cell['p95'])}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def megabytes(value: float | None) -> str:
    return "not known here" if value is None else f"{value:.0f} MB"


def wire(weight: dict[str, int]) -> str:
    parts = ", ".join(f"{part} {size / 1000:.1f}" for part, size in weight.items())
    return f"{sum(weight.values()) / 1000:.1f} kB ({parts})"


def print_table(lines: list[list[str]]) -> None:
    """As Markdown that also reads well in a terminal."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for place, line in enumerate(lines):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
        if place == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


if __name__ == "__main__":
    main()
