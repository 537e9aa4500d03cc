"""Writes a new plugin into a checkout: all of it, or nothing and one sentence why."""

import keyword
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..contract import NAME
from ..errors import LmsError

FILES = Path(__file__).parent / "files"
LONGEST = 20
TEXTS = frozenset({".py", ".html", ".js", ".css"})
IN_PATHS = "NAME"  # what stands for the name of the plugin in the names of files; in the text it is «name»


class NotWrittenError(LmsError):
    """The plugin was not written; the sentence says why."""


def write_plugin(name: str, root: Path) -> list[Path]:
    """Write ``plugins/NAME`` and ``tests/NAME`` in a checkout; returns the files. Raises NotWrittenError."""
    check_name(name, root)
    targets = {folder: root / folder / name for folder in ("plugins", "tests")}
    drafts: list[Path] = []
    moved: list[Path] = []
    try:
        for folder, target in targets.items():
            target.parent.mkdir(exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
            drafts.append(draft)
            draft.chmod(0o755)
            _fill(FILES / folder, draft, name)
        # Written in full beside its place, and only then moved: nobody finds half a plugin.
        for draft, target in zip(drafts, targets.values(), strict=True):
            draft.rename(target)
            moved.append(target)
    except OSError as error:
        for path in (*drafts, *moved):
            shutil.rmtree(path, ignore_errors=True)
        raise NotWrittenError(f"Nothing was written: {error}.") from error
    return sorted(path for target in targets.values() for path in target.rglob("*") if path.is_file())


def check_name(name: str, root: Path) -> None:
    """Refuse a name that breaks the contract or that the tests of the house would refuse. Raises NotWrittenError."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise NotWrittenError(
            f"{name!r} cannot be a name: use small letters, digits and _, at most {LONGEST}, beginning with a letter."
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise NotWrittenError(f"{name!r} is a word of Python; choose another name.")
    if name == "core":
        raise NotWrittenError("The core is called 'core'; choose another name.")
    if not (root / "plugins").is_dir():
        raise NotWrittenError(f"{root} has no folder plugins; give the folder of a checkout with --folder.")
    for folder in ("plugins", "tests"):
        if (root / folder / name).exists():
            raise NotWrittenError(f"{folder}/{name} is there already; choose another name or move it.")
    for other in _plugins(root):
        if name in other or other in name:
            raise NotWrittenError(f"{name!r} looks too much like the plugin {other!r}; choose another name.")
    place = _place_in_core(name, root)
    if place:
        raise NotWrittenError(
            f"The core has {name!r} already, in {place}, and may not name a plugin; choose another name."
        )


def _plugins(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "plugins").iterdir() if path.is_dir() and path.name[0] not in "._")


def _place_in_core(name: str, root: Path) -> str:
    """Where the core's files already have this word, as the test of the boundaries reads them; empty for nowhere."""
    pattern = re.compile(re.escape(name).replace("_", "[-_ ]?"), re.IGNORECASE)
    for path in _core_files(root):
        place = path.relative_to(root).as_posix()
        if pattern.search(place):
            return place
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                return f"{place}, line {number}"
    return ""


def _core_files(root: Path) -> Iterable[Path]:
    for folder in ("lms", "templates"):
        yield from (path for path in sorted((root / folder).rglob("*")) if path.suffix in TEXTS and path.is_file())


def _fill(source: Path, target: Path, name: str) -> None:
    words = {"«name»": name, "«path»": name.replace("_", "-"), "«title»": name.replace("_", " ").capitalize()}
    for path in sorted(source.rglob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        file = target / path.relative_to(source).with_suffix("").as_posix().replace(IN_PATHS, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
