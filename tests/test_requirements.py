"""The tables of requirements say what the tests carry."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("requirements_of_tests", Path(__file__).with_name("requirements.py"))
requirements = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(requirements)


@pytest.mark.parametrize("folder", requirements.folders(), ids=lambda folder: folder.name)
def test_the_table_is_the_one_of_the_marks(folder):
    page, text = requirements.page_with(folder)
    assert page.read_text(encoding="utf-8") == text, "run: python3 tests/requirements.py"


def test_a_mark_that_no_list_knows_is_named(tmp_path):
    (tmp_path / "requirements.toml").write_text('page = "x.md"\n[requirements]\n"R9.1" = "Iets."\n', encoding="utf-8")
    test = 'import pytest\n@pytest.mark.req("R9.2")\ndef test_x():\n    pass\n'
    (tmp_path / "test_x.py").write_text(test, encoding="utf-8")
    with pytest.raises(ValueError, match=r"R9\.2"):
        requirements.table(tmp_path)
