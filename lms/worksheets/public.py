"""A filled in sheet as others than its maker and their trainers may have it: without what is private."""

from dataclasses import replace

from ..registry import registry
from .filled import Filled, Row


def public(filled: Filled) -> Filled:
    """The sheet without its private fields and what stands in them. What is private is decided by the form as it was
    and by the form as it is now: either is enough."""
    now = registry().worksheets.get(filled.sheet.key)
    parts, rows_by_part = [], {}
    for part in filled.sheet.parts:
        today = now.by_name.get(part.name) if now else None
        hidden = {one.name for form in (part, today) if form for one in form.fields if one.private}
        kept = tuple(one for one in part.fields if one.name not in hidden)
        parts.append(replace(part, fields=kept))
        names = {one.name for one in kept}
        # By the names of the form and not only without the private ones: a stray value belongs to nobody.
        rows_by_part[part.name] = tuple(
            Row(
                row.id,
                {name: value for name, value in row.values.items() if name in names},
                {name: link for name, link in row.links.items() if name in names},
            )
            for row in filled.rows(part.name)
        )
    return Filled(replace(filled.sheet, parts=tuple(part for part in parts if part.fields)), rows_by_part)
