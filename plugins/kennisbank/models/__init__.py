"""Tables of the kennisbank: the entries, what readers add to them, and what the course does with them."""

from .course import Choice, Citation, Pick, ShelfPins
from .entries import Draft, Entry, EntryTerm, EntryWord, Measured, Origin, Result, Revision, Status, Visibility
from .finding import Filed, Indexed, Posting, Question, Synonym
from .readers import Answer, Confirmation, TakeOver, Vote

__all__ = [
    "Answer",
    "Choice",
    "Citation",
    "Confirmation",
    "Draft",
    "Entry",
    "EntryTerm",
    "EntryWord",
    "Filed",
    "Indexed",
    "Measured",
    "Origin",
    "Pick",
    "Posting",
    "Question",
    "Result",
    "Revision",
    "ShelfPins",
    "Status",
    "Synonym",
    "TakeOver",
    "Visibility",
    "Vote",
]
