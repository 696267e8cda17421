"""Find the known actor that an uncertain name means, or say that there is none."""

from acagraph.reconciliation.actors import Actor, Decision
from acagraph.reconciliation.known import known_actors
from acagraph.reconciliation.matching import Matcher
from acagraph.reconciliation.names import name_key, slug_key
from acagraph.reconciliation.review import Rulings, read_rulings

__all__ = ["Actor", "Decision", "Matcher", "Rulings", "known_actors", "name_key", "read_rulings", "slug_key"]
