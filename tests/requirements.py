"""Which test proves which requirement: the marks ``@pytest.mark.req("R2.3")`` as a table in a page of docs/.

A folder of tests takes part with a file ``requirements.toml``: ``page`` (a file in docs/) and, under
``[requirements]``, each id with what it asks. The table stands in that page between BEGIN and END.

    python3 tests/requirements.py        writes the tables anew
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- requirements: written by tests/requirements.py -->", "<!-- end of requirements -->"


def marks(folder: Path) -> dict[str, list[tuple[Path, str]]]:
    """Id of a requirement to the tests that carry it, in the order of files and lines."""
    found: dict[str, list[tuple[Path, str]]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        for test in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                for id in _ids(test):
                    found.setdefault(id, []).append((file, test.name))
    return found


def _ids(test: ast.FunctionDef) -> Iterator[str]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.req":
            yield from (arg.value for arg in mark.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def table(folder: Path) -> str:
    """The table of one folder, as Markdown. Raises ValueError for a mark that the list does not know."""
    wanted: dict[str, str] = _list_of(folder)["requirements"]
    found = marks(folder)
    rows = ["| Eis | Wat er gevraagd is | Bewijs |", "| --- | --- | --- |"]
    for id, sentence in wanted.items():
        tests = [f"`{file.relative_to(ROOT).as_posix()}`: {_words(name)}" for file, name in found.pop(id, [])]
        rows.append(f"| {id} | {sentence} | {'<br>'.join(tests) or 'nog geen test'} |")
    own = {id: tests for id, tests in found.items() if id.split(".")[0] in {key.split(".")[0] for key in wanted}}
    if own:
        raise ValueError(f"{', '.join(own)}: add it to {folder.name}/requirements.toml")
    return "\n".join(rows)


def page_with(folder: Path) -> tuple[Path, str]:
    """The page of a folder, and what should stand in it."""
    page = ROOT / "docs" / _list_of(folder)["page"]
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page.name} has no place for the table: add {BEGIN} and {END}")
    return page, f"{before}{BEGIN}\n\n{table(folder)}\n\n{END}{after}"


def folders() -> list[Path]:
    """The folders of tests with a list of requirements."""
    return sorted(file.parent for file in (ROOT / "tests").rglob("requirements.toml"))


def _list_of(folder: Path) -> dict[str, object] | dict[str, dict[str, str]]:
    return tomllib.loads((folder / "requirements.toml").read_text(encoding="utf-8"))


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    for folder in folders():
        page, text = page_with(folder)
        page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)}\n")
