"""What was used last is kept, up to a size; the model is a list in the order of use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from acagraph.web.recent import Recent

STEPS = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 40)), max_size=40)


def test_what_was_not_used_for_the_longest_time_goes_first() -> None:
    recent = Recent[str, int](100)
    for number, key in enumerate("abcde"):
        recent.put(key, number, 20)
    assert recent.get("a") == 0
    recent.put("f", 5, 20)  # six of 20 do not fit
    assert [recent.get(key) for key in "abcdef"] == [0, None, 2, 3, 4, 5]


def test_what_is_too_large_is_not_kept_and_neither_is_what_it_replaces() -> None:
    recent = Recent[str, bytes](100, largest=25)
    recent.put("a", b"small", 25)
    recent.put("a", b"large", 26)
    assert recent.get("a") is None


@given(STEPS, st.integers(0, 100), st.none() | st.integers(0, 40))
def test_it_is_a_list_in_the_order_of_use(
    steps: list[tuple[str, int | None]], most: int, largest: int | None
) -> None:
    recent = Recent[str, int](most, largest=largest)
    model: list[tuple[str, int]] = []
    limit = most if largest is None else largest
    for key, size in steps:
        kept = [(name, held) for name, held in model if name != key]
        if size is None:
            found = next((held for name, held in model if name == key), None)
            assert recent.get(key) == found
            model = model if found is None else [*kept, (key, found)]
            continue
        recent.put(key, size, size)
        model = [*kept, (key, size)] if size <= limit else kept
        while sum(held for _, held in model) > most:
            model.pop(0)
