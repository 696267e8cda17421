"""Clients take turns, and long queries give way: the rules of the pool, without any process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest

from acagraph.errors import ClientBusy, Overdue, StoreBusy, StoreError
from acagraph.stores.admission import Admission, Rules, Turn

T = TypeVar("T")
RULES = Rules(places=2, long=1, each=2, queue=3, waiting=8, patience_seconds=60, share_seconds=5)


@dataclass
class Door:
    """An admission whose clock goes when it is told to, and what happened there."""

    rules: Rules = RULES
    now: float = 100.0
    entered: list[str] = field(default_factory=list)
    stopped: dict[str, StoreError] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.admission = Admission(self.rules, clock=lambda: self.now)

    async def enter(self, client: str) -> Turn:
        turn = await self.admission.enter(client)
        turn.stop = lambda error: self.stopped.__setitem__(client, error)
        self.entered.append(client)
        self.turns.append(turn)
        return turn

    async def waiting(self, client: str) -> asyncio.Task[Turn]:
        """Come as a client who has to wait."""
        before = self.admission.waiting
        task = asyncio.ensure_future(self.enter(client))
        await settle()
        assert self.admission.waiting == before + 1
        return task

    def lengthen(self, turn: Turn) -> None:
        self.admission.lengthen(turn)

    async def leave(self, turn: Turn) -> None:
        self.admission.leave(turn)
        await settle()


async def settle() -> None:
    """Let everything happen that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def run(test: Callable[[Door], Coroutine[Any, Any, T]], rules: Rules = RULES) -> T:
    async def main() -> T:
        door = Door(rules)
        found = await test(door)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        assert door.admission.waiting == 0
        for turn in door.turns:
            door.admission.leave(turn)
        assert (door.admission.busy, door.admission.long) == (0, 0)
        return found

    return asyncio.run(main())


async def refused(entering: Awaitable[object], kind: type[StoreError]) -> StoreError:
    with pytest.raises(kind) as caught:
        await entering
    assert type(caught.value) is kind
    return caught.value


def test_waiting_clients_take_turns_and_each_keeps_its_order() -> None:
    async def test(door: Door) -> None:
        first, second = await door.enter("a"), await door.enter("b")
        for client in ("a", "a", "b", "c"):
            await door.waiting(client)
        for turn in (first, second):
            await door.leave(turn)
        assert door.entered == ["a", "b", "a", "b"]
        for turn in door.turns[2:4]:
            await door.leave(turn)
        assert door.entered == ["a", "b", "a", "b", "c", "a"]

    run(test)


def test_a_client_has_a_share_and_others_pass_it_by() -> None:
    async def test(door: Door) -> None:
        await door.enter("a")
        await door.enter("a")
        waits = await door.waiting("a")
        await door.enter("b")
        assert not waits.done()
        await door.leave(door.turns[0])
        await waits
        assert door.entered == ["a", "a", "b", "a"]

    run(test, replace(RULES, places=3))


def test_a_client_with_too_many_queries_is_told_so_and_others_are_not() -> None:
    async def test(door: Door) -> None:
        await door.enter("a")
        await door.enter("a")
        for _ in range(RULES.queue):
            await door.waiting("a")
        error = await refused(door.enter("a"), ClientBusy)
        assert (error.status, isinstance(error, StoreBusy)) == (429, True)
        await door.waiting("b")

    run(test)


def test_only_so_many_wait_in_all() -> None:
    async def test(door: Door) -> None:
        await door.enter("a")
        await door.enter("b")
        for number in range(RULES.waiting):
            await door.waiting(f"c{number}")
        error = await refused(door.enter("d"), StoreBusy)
        assert error.status == 503

    run(test)


def test_patience_ends() -> None:
    async def test(door: Door) -> None:
        await door.enter("a")
        await door.enter("b")
        await refused(door.enter("c"), StoreBusy)
        assert door.admission.waiting == 0

    run(test, replace(RULES, patience_seconds=0.01))


def test_who_leaves_the_queue_is_not_let_in() -> None:
    async def test(door: Door) -> None:
        first = await door.enter("a")
        await door.enter("b")
        gone = await door.waiting("c")
        stays = await door.waiting("d")
        gone.cancel()
        await settle()
        assert door.admission.waiting == 1
        await door.leave(first)
        await stays
        assert door.entered == ["a", "b", "d"]

    run(test)


def test_who_leaves_as_it_is_let_in_gives_its_place_back() -> None:
    async def test(door: Door) -> None:
        first = await door.enter("a")
        await door.enter("b")
        gone = await door.waiting("c")
        door.admission.leave(first)
        assert door.admission.busy == 2
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        assert door.admission.busy == 1

    run(test)


def test_a_long_query_leaves_its_place_to_a_short_one() -> None:
    async def test(door: Door) -> None:
        door.lengthen(await door.enter("a"))
        await door.enter("b")
        await door.enter("c")
        assert (door.admission.busy, door.admission.long, door.stopped) == (3, 1, {})

    run(test)


def test_a_long_query_too_many_stays_until_its_place_is_needed() -> None:
    async def test(door: Door) -> None:
        for client in ("a", "b"):
            door.lengthen(await door.enter(client))
            door.now += 1
        await door.enter("c")
        assert door.stopped == {}
        await door.enter("d")
        assert {client: type(error) for client, error in door.stopped.items()} == {"b": StoreBusy}
        assert (door.admission.busy, door.admission.long) == (3, 1)

    run(test)


def test_who_waits_is_let_in_when_a_query_becomes_long() -> None:
    async def test(door: Door) -> None:
        first = await door.enter("a")
        door.now += 1
        second = await door.enter("b")
        waits = await door.waiting("c")
        door.lengthen(first)
        await settle()
        assert waits.done()
        waits = await door.waiting("d")
        door.lengthen(second)
        await settle()
        assert waits.done()
        assert list(door.stopped) == ["b"]

    run(test)


def test_the_longest_ends_first_when_it_had_its_share() -> None:
    async def test(door: Door) -> None:
        for client in ("a", "b"):
            door.lengthen(await door.enter(client))
            door.now += 3
        await door.enter("c")
        await door.enter("d")
        assert {client: type(error) for client, error in door.stopped.items()} == {"a": Overdue}
        assert "stopped after 6.0 s" in str(door.stopped["a"])

    run(test)


def test_the_client_with_most_long_queries_loses_one_first() -> None:
    async def test(door: Door) -> None:
        for client in ("a", "a", "b"):
            door.lengthen(await door.enter(client))
            door.now += 0.1
        await door.enter("c")
        await door.enter("d")
        assert list(door.stopped) == ["a"]
        assert [turn.left for turn in door.turns[:3]] == [False, True, False]

    run(test, replace(RULES, places=3))


def test_short_queries_are_never_stopped() -> None:
    async def test(door: Door) -> None:
        await door.enter("a")
        await door.enter("b")
        door.now += 100
        await door.waiting("c")
        assert door.stopped == {}

    run(test)


def test_a_client_that_owes_takes_a_long_place() -> None:
    async def test(door: Door) -> None:
        first = await door.enter("a")
        door.lengthen(first)
        door.now += 4
        await door.leave(first)
        again = await door.enter("a")
        assert again.long
        waits = await door.waiting("a")  # though places for short queries are free
        await door.leave(again)
        await waits
        assert door.turns[-1].long
        await door.leave(door.turns[-1])  # it was short, so it adds nothing
        door.now += 4.1
        assert not (await door.enter("a")).long
        assert not (await door.enter("b")).long

    run(test)


def test_who_owes_waits_until_the_debt_is_paid() -> None:
    async def test(door: Door) -> None:
        first = await door.enter("a")
        door.lengthen(first)
        door.now += 4
        await door.leave(first)
        door.lengthen(await door.enter("b"))
        waits = await door.waiting("a")
        door.now += 3
        await door.leave(await door.enter("c"))  # when one leaves, all are looked at
        assert not waits.done()
        door.now += 1.5
        await asyncio.wait_for(waits, 30)  # and now and then
        assert not door.turns[-1].long
        assert door.stopped == {}

    run(test)


def test_who_owes_waits_until_a_long_query_had_its_share() -> None:
    async def test(door: Door) -> None:
        first = await door.enter("a")
        door.lengthen(first)
        door.now += 60
        await door.leave(first)
        door.lengthen(await door.enter("b"))
        waits = await door.waiting("a")
        door.now += 4.9
        await door.leave(await door.enter("c"))
        assert not waits.done()
        door.now += 0.2
        await asyncio.wait_for(waits, 30)
        assert door.turns[-1].long
        assert {client: type(error) for client, error in door.stopped.items()} == {"b": Overdue}

    run(test)


def test_a_stopped_client_owes_a_share() -> None:
    async def test(door: Door) -> None:
        for client in ("a", "b"):
            door.lengthen(await door.enter(client))
            door.now += 0.1
        await door.enter("c")
        await door.enter("d")
        assert list(door.stopped) == ["b"]
        await door.waiting("b")
        door.now += 4.9
        assert list(door.stopped) == ["b"]

    run(test)


def test_debts_are_forgotten() -> None:
    async def test(door: Door) -> None:
        for number in range(10_500):
            turn = await door.enter(str(number))
            door.lengthen(turn)
            door.now += 0.01
            door.admission.leave(turn)
        assert len(door.admission._owing) <= 10_000
        door.turns.clear()

    run(test)


def test_a_closed_door_lets_nobody_in() -> None:
    async def test(door: Door) -> None:
        await door.enter("a")
        await door.enter("b")
        waits = await door.waiting("c")
        door.admission.close()
        await refused(waits, StoreBusy)
        await refused(door.enter("d"), StoreError)

    run(test)


def test_all_who_come_are_answered() -> None:
    """Clients of all kinds, for a while: nobody is forgotten, and the places are never exceeded."""

    async def one(door: Door, client: str, number: int) -> str:
        try:
            turn = await door.enter(client)
        except StoreBusy as error:
            return type(error).__name__
        stopped = asyncio.get_running_loop().create_future()
        turn.stop = stopped.set_result
        for step in range(number % 20):
            await asyncio.sleep(0)
            if step == 2 and not turn.left:
                door.lengthen(turn)
        shorts = door.admission.busy - door.admission.long
        assert shorts + max(0, door.admission.long - RULES.long) <= RULES.places
        door.admission.leave(turn)
        return "stopped" if stopped.done() else "answered"

    async def test(door: Door) -> None:
        found = []
        for wave in range(200):
            door.now += 6
            asked = [one(door, "abcdefgh"[number % 7], wave + number) for number in range(9)]
            found += await asyncio.gather(*asked)
            assert (door.admission.busy, door.admission.waiting) == (0, 0)
        assert set(found) >= {"answered", "stopped"}
        door.turns.clear()

    run(test)
