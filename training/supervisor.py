"""Keeps processes at work on one socket: one that dies is replaced, and all end with this one.

The server turns itself into this script once its processes are there (see server.py): a process that
only waits for others need not hold the platform in memory. So it is run by itself, and imports little.

Arguments: the two ends of the lifeline, a pipe of which this process alone holds the second end, so
that it closes when this process ends, however that comes about; the processes that are there; and the
command of another one, which reads the lifeline as its standard input.
"""

import os
import signal
import sys
import time
from types import FrameType

BETWEEN_STARTS = 1.0  # seconds: a process that cannot live is not started as fast as the machine can


def main(lifeline: int, workers: set[int], command: list[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
    started_at = 0.0
    try:
        while True:
            ended, _status = os.wait()
            workers.discard(ended)
            time.sleep(max(0.0, started_at + BETWEEN_STARTS - time.monotonic()))
            started_at = time.monotonic()
            as_input = (os.POSIX_SPAWN_DUP2, lifeline, 0)
            workers.add(os.posix_spawn(command[0], command, os.environ, file_actions=[as_input]))
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGTERM)
        for worker in workers:
            os.waitpid(worker, 0)


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    lifeline, held, workers, *command = sys.argv[1:]
    os.set_inheritable(int(held), False)
    main(int(lifeline), {int(worker) for worker in workers.split(",")}, command)
