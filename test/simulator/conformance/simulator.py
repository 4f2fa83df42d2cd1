"""Starts and ends the simulator as a user would: by the command."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks import Checks

COMMAND = Path(__file__).resolve().parents[3] / "bin" / "nightscore.js"
# Jobs that take minutes at AWS take a second or less.
SPEED = 600


@contextmanager
def running_simulator(folder: Path, checks: Checks) -> Iterator[str]:
    """Yields the endpoint."""
    arguments = ["node", str(COMMAND), "simulate", "--data", str(folder), "--speed", str(SPEED)]
    with open(folder / "simulator.log", "wb") as log:
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        endpoint = process.stdout.readline().strip()
        if not endpoint.startswith("http://"):
            raise RuntimeError(f"the simulator did not start:\n{(folder / 'simulator.log').read_text()}")
        yield endpoint
    finally:
        process.send_signal(signal.SIGINT)
        try:
            checks.equal("the simulator ends by Ctrl-C without an error", process.wait(timeout=10), 0)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
