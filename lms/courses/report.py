"""What is wrong with a course as text: a list of findings, each with its file and line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

SHOWN = 60  # characters of somebody's own text inside a sentence


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to correct. ``line`` counts from 1; a warning does not stop the course from being loaded."""

    file: str
    line: int
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        sentence = _("Let op: %(sentence)s", sentence=self.sentence) if self.warning else self.sentence
        return f"{self.file}:{self.line}: {sentence}"


@dataclass
class Report:
    """Collects the findings of one course."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, file: Path, line: int, sentence: str) -> None:
        """Something that has to be corrected before the course can be loaded."""
        self.findings.append(Finding(printable(file), line, sentence))

    def warn(self, file: Path, line: int, sentence: str) -> None:
        """Something to look at."""
        self.findings.append(Finding(printable(file), line, sentence, warning=True))

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a load, by file and line."""
        return sorted({finding for finding in self.findings if not finding.warning})

    @property
    def warnings(self) -> list[Finding]:
        """The other findings, by file and line."""
        return sorted({finding for finding in self.findings if finding.warning})

    def lines(self) -> list[str]:
        """Everything as text, by file and line."""
        return [str(finding) for finding in sorted(set(self.findings))]


def printable(text: Any) -> str:
    """The text without what a terminal cannot show, such as half a character in the name of a file."""
    whole = str(text).encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in whole)


def shown(text: Any) -> str:
    """Somebody's own words between quotation marks, cut when they are long."""
    plain = printable(text)
    return f"‘{plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + '…'}’"
