"""The characters that the fonts in a PDF have. What they lack would make the document unreadable for some, so the
compiler refuses it; text in scripts that run from right to left can even make it stop altogether."""

import unicodedata

BLOCKS = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF),
    (0x2010, 0x2027), (0x2030, 0x2040), (0x20A0, 0x20BF), (0x2100, 0x211E), (0x2190, 0x22FF), (0x25A0, 0x25FF),
)  # fmt: skip
"""Latin, Greek and Cyrillic, with punctuation, signs of money, arrows and figures; first and last of each block."""
MISSING = "□"
SILENT = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me"}
"""Categories of which a character that is missing leaves no mark: controls, joiners, marks on another letter."""


def fit(text: str) -> str:
    """The text with ``□`` for each character that a PDF of ours cannot show; line ends stay."""
    return "".join(_fit(c) for c in unicodedata.normalize("NFC", text))


def _fit(c: str) -> str:
    if c == "\n" or (unicodedata.category(c) != "Cn" and any(low <= ord(c) <= high for low, high in BLOCKS)):
        return c
    if c in "\t\u2028\u2029\u2003\u2009\u202f":
        return " "
    return "" if unicodedata.category(c) in SILENT else MISSING
