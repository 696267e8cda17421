"""/sparql/check: what is wrong with a query, and where, without asking the data anything."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.errors import AnswerTooLarge, QueryError, StoreTimeout
from acagraph.stores import Asked, GuardedStore, Limits, Scope, lexer
from acagraph.stores.media import PLAIN_JSON
from acagraph.web import protocol, strangers

MOST_BYTES = 100_000
# To parse takes milliseconds; of no data there is nothing to find, but an engine may still count long.
_LIMITS = Limits(timeout_seconds=5.0, max_bytes=100_000, max_rows=1_000)
_NOTHING = Scope(("urn:x-acagraph:nothing",), ("urn:x-acagraph:nothing",))
_PLACE = re.compile(r"line (\d+), column (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a query; line and column count from 1 and are None where it has no place."""

    line: int | None
    column: int | None
    message: str


class Syntax:
    """Checks queries with the very parser that evaluates them, as guarded as the endpoint itself."""

    def __init__(self, store: GuardedStore, *, federated: bool) -> None:
        self._store = store
        self._federated = federated

    def routes(self) -> list[Route]:
        """Return the routes of the check."""
        return [
            Route("/sparql/check", self.check, methods=["POST"]),
            Route("/sparql/check", self.refuse, methods=["GET"]),
        ]

    async def refuse(self, _: Request) -> Response:
        """Refuse a query that is not in a body."""
        raise HTTPException(405, "POST the query that is to be checked", {"Allow": "POST, OPTIONS"})

    async def check(self, request: Request) -> Response:
        """Answer with the problems of the query in the body, of which there are none or one."""
        try:
            sent = await protocol.body(
                request, most=MOST_BYTES, what="a query to check", hint="ask it at /sparql"
            )
            problems = await self._problems(request, sent.decode("utf-8", "replace"))
        except ClientDisconnect:
            return strangers.gone(request)
        found = json.dumps({"problems": [asdict(problem) for problem in problems]}, ensure_ascii=False)
        # A lone surrogate of the text may stand in its message.
        return Response(
            found.encode("utf-8", "replace"),
            headers={"Cache-Control": "no-store"},
            media_type=PLAIN_JSON.media_type,
        )

    async def _problems(self, request: Request, query: str) -> Sequence[Problem]:
        if not query.strip():
            return ()
        if self._federated and any(token.keyword == "SERVICE" for token in lexer.tokens(query)):
            return ()  # to evaluate it, even of no data, would call other servers
        try:
            delivery = await strangers.ask(request, self._store, Asked(query, limits=_LIMITS, scope=_NOTHING))
        except (StoreTimeout, AnswerTooLarge):
            return ()  # it was parsed before that
        except QueryError as error:
            return (_problem(error),)
        delivery.close()
        return ()


def _problem(error: QueryError) -> Problem:
    # What follows the first line shows the place again.
    message = str(error).partition("\n")[0]
    found = _PLACE.match(message)
    if found is None:
        return Problem(error.line, None, message)
    return Problem(int(found[1]), int(found[2]), found[3])
