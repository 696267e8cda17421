"""Members lists of coalitions: any table that names members becomes a register, edition by edition."""

from acagraph.imports.members.columns import FIELDS, shown
from acagraph.imports.members.editions import Described
from acagraph.imports.members.reading import Choice
from acagraph.imports.members.run import Import, Opened, Wishes, import_members, open_list, summary_of_reviews

__all__ = [
    "FIELDS",
    "Choice",
    "Described",
    "Import",
    "Opened",
    "Wishes",
    "import_members",
    "open_list",
    "shown",
    "summary_of_reviews",
]
