"""The columns of an export and an import, one format for JSON, CSV and XLSX.

It is the format of ``data/acties.json`` with more fields. In a table a list has «; » between its values. Only the name
is required.
"""

TEXTS = {
    "naam": "title", "bibliotheek": "library", "land": "country", "jaar": "period", "doel": "goal",
    "doelgroep": "target", "kanalen": "channels", "wat_is_gedaan": "done", "resultaat": "result", "bron": "source",
    "let_op": "caution", "toelichting_fase": "phase_note", "partners": "partners", "evaluatie": "evaluation",
    "overnemen": "takeover", "materialen": "materials", "anders_doen": "otherwise", "contact": "contact",
}  # fmt: skip
KEY, KIND, RESULT_KIND, FIGURES, TERMS, READ_ON = (
    "id", "soort", "resultaatsoort", "resultaten", "termen", "gelezen_op"
)  # fmt: skip
LISTS = {
    "doelgroepen": "doelgroepen", "kernfunctie": "kernfuncties", "kanaal": "kanalen", "thema": "themas",
    "innovatiefase": "innovatiefase", "actiedoel": "actiedoel",
    "flankerende_prioriteiten": "flankerende_prioriteiten", "uren": "uren", "kosten": "kosten",
    "evaluatievorm": "evaluatievorm", "overnamemogelijkheid": "overnamemogelijkheid",
}  # fmt: skip
"""Columns that hold words of a shared list."""
ROW = {
    "indicator": "indicator", "nulmeting": "baseline", "uitkomst": "outcome", "eenheid": "unit", "periode": "period",
    "methode": "method", "bron": "source", "soort": "kind",
}  # fmt: skip
"""What a row of results says."""
MOST_RESULTS = 5
"""So many rows of results have columns of their own in a table: «uitkomst 1», «uitkomst 2» …"""
ALL = (
    KEY, KIND, *TEXTS, RESULT_KIND, "kerncijfer", "kerncijfer_zegt", *LISTS, READ_ON,
    *(f"{name} {number}" for number in range(1, MOST_RESULTS + 1) for name in ROW),
)  # fmt: skip
