"""Other people's spreadsheets: each row of a list of names gets the thing that it means."""

from acagraph.spreadsheets.answers import Answers, Wishes
from acagraph.spreadsheets.columns import Columns
from acagraph.spreadsheets.reading import Choice, Line, Table, open_table
from acagraph.spreadsheets.tally import Tally, Trouble
from acagraph.spreadsheets.territories import Territories
from acagraph.spreadsheets.writing import Output, open_output

__all__ = [
    "Answers",
    "Choice",
    "Columns",
    "Line",
    "Output",
    "Table",
    "Tally",
    "Territories",
    "Trouble",
    "Wishes",
    "open_output",
    "open_table",
]
