"""Processes that share work: as many as there are cores, and gone when the work is done, however it ends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from acagraph.errors import ReleaseError

Task = Callable[[], Any]
Run = Callable[[Sequence[Task]], list[Any]]

_MOST = 4


@contextlib.contextmanager
def crew(workers: int | None = None) -> Iterator[Run]:
    """Give a function that runs tasks and returns their results in order, the first tasks first.

    Tasks can be pickled. With one worker they run in this process, by default there are as many as cores, at
    most four. The error of a task ends all and is raised here; so does an interrupt. Raises ReleaseError when
    a process dies. If this process dies, the others end too.
    """
    count = cores() if workers is None else workers
    # A process that is a daemon, such as a worker of another pool, may have no children.
    if count <= 1 or multiprocessing.current_process().daemon:
        yield lambda tasks: [task() for task in tasks]
        return
    hands: list[tuple[SpawnProcess, Connection]] = []
    try:
        for _ in range(count):
            hands.append(_hand())
        yield lambda tasks: _shared(tasks, [channel for _, channel in hands])
    except BaseException:
        for process, _ in hands:
            process.kill()
        raise
    finally:
        for process, channel in hands:
            channel.close()
            process.join()
            process.close()


def _hand() -> tuple[SpawnProcess, Connection]:
    # Not forked: a store that is open here has threads, whose locks a fork would keep for ever.
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_work, args=(far,), daemon=True)
    process.start()
    far.close()
    return process, near


def _shared(tasks: Sequence[Task], channels: Sequence[Connection]) -> list[Any]:
    """Give each process a task, and the next one when it is done."""
    results: list[Any] = [None] * len(tasks)
    waiting = iter(enumerate(tasks))
    busy: dict[Connection, int] = {}

    def give(channel: Connection) -> None:
        for number, task in waiting:
            channel.send(task)
            busy[channel] = number
            return

    try:
        for channel in channels:
            give(channel)
        while busy:
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                result, error = ready.recv()
                if error is not None:
                    raise error
                results[busy.pop(ready)] = result
                give(ready)
    except (EOFError, ConnectionError) as error:
        message = "a process that wrote the release was killed, perhaps for want of memory; try again"
        raise ReleaseError(message) from error
    return results


def _work(channel: Connection) -> None:
    """Run the tasks that come, until there is nobody to send any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started it decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            task = channel.recv()
            told: tuple[Any, Exception | None]
            try:
                told = task(), None
            except Exception as error:  # noqa: BLE001 - it is raised again where the task came from
                error.add_note("".join(traceback.format_exception(error)))
                told = None, error
            channel.send(told)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def cores() -> int:
    """Return how many processes work by default."""
    return min(_MOST, _cores())


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
