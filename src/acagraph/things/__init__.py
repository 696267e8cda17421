"""What things are called, what and where they are: in one form, be it read from a release or from files."""

from acagraph.things.model import Name, Role, Thing, country_of, identifiers_of, order
from acagraph.things.notes import Notes
from acagraph.things.released import read_store
from acagraph.things.written import read_register, read_turtle

__all__ = [
    "Name",
    "Notes",
    "Role",
    "Thing",
    "country_of",
    "identifiers_of",
    "order",
    "read_register",
    "read_store",
    "read_turtle",
]
