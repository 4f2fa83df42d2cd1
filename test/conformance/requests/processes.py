"""The real programs that take part: a local Temporal server, Nightscore's workers and its command."""

import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from fake.signature import ACCESS_KEY, SECRET_KEY

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
COMMAND = ["node", str(ROOT / "bin" / "nightscore.js")]
READY_SECONDS = 60
# A start that is under way may take its time; waits are handed over at once.
SHUTDOWN_SECONDS = 35


# Everything that was started and has not been seen to end.
_children: set[subprocess.Popen[str]] = set()


def end_all() -> None:
    """For when the tests end early: leaves nothing running."""
    for child in list(_children):
        child.kill()


def _start(command: list[str], **options: object) -> subprocess.Popen[str]:
    child = subprocess.Popen(command, text=True, **options)
    _children.add(child)
    return child


@dataclass(frozen=True)
class Ended:
    code: int | None
    stdout: str
    stderr: str

    @property
    def hung(self) -> bool:
        return self.code is None


def environment(folder: Path, temporal: str, aws: str) -> dict[str, str]:
    """What every program of a test gets; nothing of this machine's own settings for AWS or Temporal."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "USER") if name in os.environ}
    return {
        **kept,
        "TEMPORAL_ADDRESS": temporal,
        "TEMPORAL_CONFIG_FILE": _file(folder / "temporal.toml", "[profile.default]\n"),
        "AWS_ENDPOINT_URL": aws,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": _file(folder / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": _file(folder / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NIGHTSCORE_PIPELINES": str(folder),
        "NIGHTSCORE_POLL_INTERVAL": "1s",
        "NIGHTSCORE_NOT_FOUND_GRACE": "5s",
    }


def _file(path: Path, text: str = "") -> str:
    path.write_text(text)
    return str(path)


def run_command(arguments: list[str], env: dict[str, str], seconds: float) -> Ended:
    """Runs `nightscore` to its end; one that takes longer is ended, and has hung."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = _start([*COMMAND, *arguments], env=env, **pipes)
    try:
        stdout, stderr = child.communicate(timeout=seconds)
        return Ended(child.returncode, stdout, stderr)
    except subprocess.TimeoutExpired:
        child.kill()
        stdout, stderr = child.communicate()
        return Ended(None, stdout, stderr)
    finally:
        _children.discard(child)


class TemporalServer:
    def __init__(self) -> None:
        script = str(HERE / "temporal-server.js")
        self._child = _start(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.address = self._child.stdout.readline().strip()
        if not self.address:
            raise RuntimeError("The local Temporal server did not start")

    def close(self) -> None:
        self._child.stdin.close()
        self._child.wait(30)


class Worker:
    """`nightscore worker`, ready, with its log in a file."""

    def __init__(self, log: Path, env: dict[str, str]) -> None:
        self._ready = False
        self._said_enough = threading.Event()
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self._child = _start([*COMMAND, "worker"], env=env, **pipes)
        threading.Thread(target=self._read, args=[log], daemon=True).start()
        self._said_enough.wait(READY_SECONDS)
        if not self._ready:
            self._child.kill()
            raise RuntimeError(f"The worker did not become ready: {log.read_text()[-1000:]}")

    def _read(self, log: Path) -> None:
        with log.open("a") as file:
            for line in self._child.stdout:
                file.write(line)
                file.flush()
                if "The worker is ready" in line:
                    self._ready = True
                    self._said_enough.set()
        self._said_enough.set()

    def close(self) -> int:
        """Asks it to shut down; returns its exit code, which is negative when it did not do so in time."""
        self._child.send_signal(signal.SIGTERM)
        try:
            return self._child.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()


def parse_report(ended: Ended) -> dict[str, object] | str:
    """The one JSON document on standard output, or what is wrong with it."""
    try:
        report = json.loads(ended.stdout)
    except ValueError as error:
        return f"stdout is not one JSON document ({error}): {ended.stdout[:200]!r}; stderr: {ended.stderr[-500:]!r}"
    return report if isinstance(report, dict) else "stdout is not an object"
