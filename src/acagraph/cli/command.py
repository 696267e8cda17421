"""How every command behaves: examples in its help, one clear message when it fails, the right exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from acagraph.errors import AcagraphError

NOT_CONFORMING = 3
_COULD_NOT = 2
_INTERRUPTED = 130


class _WithExamples(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each on a line of its own."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        super().format_epilog(ctx, formatter)


class Command(_WithExamples):
    """A command whose help ends with examples that can be run as they stand."""


class Group(_WithExamples, click.Group):
    """A command with commands of its own; its help ends with examples of them."""

    command_class = Command


class Shell(click.Group):
    """A group of commands that fail with a message and an exit code, never with a traceback.

    0 is fine, 2 could not do it, 3 the data does not conform; 1 is left to Python for a bug in acagraph.
    """

    command_class = Command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; see the class for how it ends."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except AcagraphError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # The reader has seen enough, as `head` does: nothing went wrong, nothing more is to be said.
            _silence(sys.stdout)
            ctx.exit(0)
        except OSError as error:
            _silence(sys.stdout)
            name = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {name}{error.strerror or error}", err=True)
            ctx.exit(_COULD_NOT)
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)


def _silence(stream: Any) -> None:
    """Send what is still to be written to a stream nowhere, so that Python's exit does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
