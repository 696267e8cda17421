"""The owner's end of a worker, in an event loop: a request goes out, its reply comes in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable

from acagraph.errors import StoreBusy
from acagraph.stores import messages
from acagraph.stores.messages import Reply

_CHUNK = 1 << 16
_DESCRIPTOR = socket.CMSG_LEN(4) if hasattr(socket, "CMSG_LEN") else 0  # a system without has no pool
_CLOSED_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
_LAST = 5.0


class Line:
    """The two sockets of a worker; closing them kills it.

    One request at a time. `ended` is called when the worker has ended while nothing was asked.
    """

    def __init__(
        self, channel: socket.socket, lifeline: socket.socket, ended: Callable[[Line], None]
    ) -> None:
        self._channel = channel
        self._lifeline = lifeline
        self._ended = ended
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._received = bytearray()
        self._file: int | None = None
        self.dead = False
        self._timer: asyncio.TimerHandle | None = None
        self._clock: int | None = None  # of the worker's processor time
        self._before: float | None = None
        channel.setblocking(False)
        lifeline.setblocking(False)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read in this event loop, and no more in the one before."""
        self._detach()
        self._loop = loop
        loop.add_reader(self._channel, self._readable)

    def ask(self, frame: bytes) -> asyncio.Future[Reply]:
        """Send a request and return its reply to come. Raises OSError when the worker has ended already.

        The reply fails with QueryError when the worker ends of the query.
        """
        assert self._loop is not None
        self._before = self._processor_time()
        try:
            sent = self._channel.send(frame)
        except BlockingIOError:
            sent = 0
        if sent < len(frame):
            self._loop.add_writer(self._channel, self._send, memoryview(frame)[sent:])
        self._reply = self._loop.create_future()
        return self._reply

    def used(self) -> float | None:
        """Return the processor time that the request took so far, or None where that cannot be told."""
        now = self._processor_time()
        return None if now is None or self._before is None else now - self._before

    def ready(self) -> bool:
        """Tell whether the worker has opened its store."""
        return self._clock is not None

    def demote(self) -> None:
        """Let the worker run only while no other process would."""
        with contextlib.suppress(OSError):
            self._lifeline.send(messages.DEMOTE)

    @property
    def closed(self) -> bool:
        """Whether the worker was let go of."""
        return self._channel.fileno() < 0

    def close(self) -> None:
        """Let go of the worker, which ends."""
        if self.closed:
            return
        self._detach()
        self._reply = None
        self._lifeline.close()
        self._channel.close()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _detach(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        self._loop.remove_reader(self._lifeline)

    def _send(self, rest: memoryview) -> None:
        assert self._loop is not None
        self._loop.remove_writer(self._channel)
        try:
            sent = self._channel.send(rest)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # the worker has ended, which the reader is told too
        if sent < len(rest):
            self._loop.add_writer(self._channel, self._send, rest[sent:])

    def _readable(self) -> None:
        try:
            data, sent, _, _ = self._channel.recvmsg(_CHUNK, _DESCRIPTOR, _CLOSED_ON_EXEC)
        except BlockingIOError:
            return
        except OSError:
            data, sent = b"", []
        for _, _, descriptor in sent:
            self._file = int.from_bytes(descriptor[:4], sys.byteorder)
        if not data:
            self._end()
        elif self._received:
            self._received += data
            self._take(self._received)
        else:
            self._take(data)

    def _take(self, data: bytes | bytearray) -> None:
        """Resolve the reply when it is whole, or keep what there is of it."""
        begin = messages.LENGTHS.size
        if len(data) >= begin:
            head, body = messages.LENGTHS.unpack_from(data)
            if len(data) >= begin + head + body:
                end = begin + head + body
                told, rest = data[begin : begin + head], data[begin + head : end]
                self._received = bytearray()
                if self._clock is None:
                    self._greet(json.loads(told))
                    if len(data) > end:  # a reply came together with the first words
                        self._take(bytes(data[end:]))
                    return
                file, self._file = self._file, None
                reply, self._reply = self._reply, None
                if reply is not None and not reply.done():
                    reply.set_result(Reply(json.loads(str(told, "utf-8")), bytes(rest), file))
                elif file is not None:
                    os.close(file)
                return
        if data is not self._received:
            self._received += data

    def _greet(self, head: messages.Head) -> None:
        """Note, from its first words, where the worker's processor time is read: clock_getcpuclockid(3)."""
        self._clock = ~head["pid"] << 3 | 2
        self._before = head["seconds"]

    def _processor_time(self) -> float | None:
        if self._clock is None or sys.platform != "linux":
            return None
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return None

    def _end(self) -> None:
        """Wait for how the worker ended, where somebody waits for its reply."""
        assert self._loop is not None
        self.dead = True
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        if self._reply is None:
            self._ended(self)
            return
        self._loop.add_reader(self._lifeline, self._told)
        self._timer = self._loop.call_later(_LAST, self._told)

    def _told(self) -> None:
        try:
            told = self._lifeline.recv(messages.STATUS.size)
        except OSError:
            told = b""
        assert self._loop is not None
        self._loop.remove_reader(self._lifeline)
        reply, self._reply = self._reply, None
        if reply is None or reply.done():
            return
        if len(told) == messages.STATUS.size:
            reply.set_exception(messages.broken(messages.STATUS.unpack(told)[0]))
        else:
            reply.set_exception(
                StoreBusy("the processes that answer were stopped; ask again in a few seconds")
            )
