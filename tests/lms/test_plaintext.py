"""Our HTML as text for a mail."""

import pytest

from lms.html import from_markdown
from lms.plaintext import from_html


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("Het is **koud** en *nat*, met `code`.", "Het is koud en nat, met code."),
        ("# Kop\n\nEen\ntwee\\\ndrie", "Kop\n\nEen\ntwee\ndrie"),
        ("- een\n- twee\n  - diep\n\nna", "- een\n- twee\n  - diep\n\nna"),
        ("3. drie\n4. vier", "3. drie\n4. vier"),
        ("1. los\n\n2. ook", "1. los\n2. ook"),
        ("[de site](https://a.example/x) en <https://b.example>", "de site (https://a.example/x) en https://b.example"),
        ("[Anna](mailto:anna@b.example)", "Anna (anna@b.example)"),
        ("> citaat\n\n---\n\nna", "citaat\n\nna"),
        ("```\na   b\n  c\n```", "a   b\n  c"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("1 < 2 & 3 > 2 <script>alert(1)</script>", "1 < 2 & 3 > 2 <script>alert(1)</script>"),
        ("**a** *b*", "a b"),
    ],
)
def test_what_was_written_can_be_read(markdown, text):
    assert from_html(from_markdown(markdown)) == text
