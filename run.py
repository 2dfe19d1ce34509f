"""Run Peacekeeper Training with nothing but Python 3.11 or newer.

python3 run.py           make the environment, then serve on http://127.0.0.1:8000
python3 run.py test      install what the tests need, then run every check
python3 run.py lock      work out the two hash locks again (needs uv)
python3 run.py words     find the words of the interface again and bring the catalogues up to date
python3 run.py ARGS      the same as `training ARGS`; `python3 run.py --help` is the manual

The environment stands in .venv (TRAINING_VENV moves it). It is made again only when the lock, the
package's metadata, the translations or the Python change, so a later start costs no more than a look.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("TRAINING_VENV", ROOT / ".venv"))
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CATALOGUES = ROOT / "training" / "translations"
LOCKS = {"run": ROOT / "training/requirements.txt", "test": ROOT / "tests/requirements.txt"}
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("importlinter.cli", "lint"),
    ("djlint", "--quiet", "--lint", "templates"),
    ("pytest", "-n", "auto", "-m", "not browser"),
    ("pytest", "-n", "auto", "-m", "browser"),
)


def main(args: list[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    if args[:1] == ["lock"]:
        return lock()
    if args[:1] == ["words"]:
        return words()
    wanted = "test" if args[:1] == ["test"] else "run"
    prepare(wanted)
    if wanted == "test":
        return check(args[1:])
    return replace_this_process("-m", "training", *(args or ["serve"]))


def prepare(wanted: str) -> None:
    """Make the environment hold what *wanted* needs; do nothing when it already does."""
    stamp = VENV / f"ready-{wanted}"
    state = fingerprint(wanted)
    if stamp.exists() and stamp.read_text() == state:
        return
    uv = shutil.which("uv")
    if not PYTHON.exists():
        print("Making the environment in", VENV, flush=True)
        make_environment(uv)
    print("Installing what is locked in", LOCKS[wanted].relative_to(ROOT), flush=True)
    install(uv, "--require-hashes", "-r", str(LOCKS[wanted]))
    install(uv, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    if CATALOGUES.exists():
        quietly(str(PYTHON), "-m", "babel.messages.frontend", "compile", "-d", str(CATALOGUES))
    stamp.write_text(state)


def fingerprint(wanted: str) -> str:
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for path in (LOCKS[wanted], ROOT / "pyproject.toml", *sorted(CATALOGUES.rglob("*.po"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def make_environment(uv: str | None) -> None:
    if uv:
        quietly(uv, "venv", "--python", sys.executable, str(VENV))
    elif subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True).returncode:
        # Debian without python3-venv: its venv cannot bring pip, but the system's pip can serve it.
        quietly(sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV))


def install(uv: str | None, *what: str) -> None:
    if uv:
        quietly(uv, "pip", "install", "--python", str(PYTHON), *what)
    elif subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        quietly(str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *what)
    else:
        quietly(sys.executable, "-m", "pip", "--python", str(PYTHON), "install", *what)


def quietly(*command: str) -> None:
    """Run *command*; show what it printed only when it failed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(" ".join(command), done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise SystemExit("The environment could not be made; the lines above say why.")


def check(args: list[str]) -> int:
    """Every linter and every test; with *args*, only pytest with those arguments."""
    for command in [("pytest", *args)] if args else CHECKS:
        print("::", *command, flush=True)
        code = subprocess.run([PYTHON, "-m", *command], cwd=ROOT).returncode
        if code:
            return code
    return 0


def lock() -> int:
    base = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
    base += ["--no-annotate", "--no-header", "--upgrade", "--group", "build", "pyproject.toml"]
    for groups, path in (([], LOCKS["run"]), (["--group", "test"], LOCKS["test"])):
        subprocess.run([*base, *groups, "-o", str(path)], cwd=ROOT, check=True)
    return 0


def words() -> int:
    """What is new stands in the catalogues with an empty translation; what is no longer said is taken out."""
    prepare("run")
    babel = (str(PYTHON), "-m", "babel.messages.frontend")
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "messages.pot")
        extract = ("-F", "pyproject.toml", "-k", "_l", "-k", "_", "--no-location", "--no-wrap", "--sort-output")
        quietly(*babel, "extract", *extract, "-o", template, ".")
        update = ("--no-wrap", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
        quietly(*babel, "update", *update, "-i", template, "-d", str(CATALOGUES))
    return 0


def replace_this_process(*args: str) -> int:
    command = [str(PYTHON), *args]
    if os.name == "nt":  # execv there returns to the shell before the child has ended
        return subprocess.run(command).returncode
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
