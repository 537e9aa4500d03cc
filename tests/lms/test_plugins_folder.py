"""Plugins come from this checkout only: a folder ``plugins`` that lies elsewhere on the path is not mixed in."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_strange_folder_named_plugins_is_left_alone(tmp_path):
    stranger = tmp_path / "plugins" / "stranger"
    stranger.mkdir(parents=True)
    (stranger / "__init__.py").write_text("raise SystemExit('a stranger was imported')")
    script = "from lms.registry import discover; print([plugin.name for plugin in discover()])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "stranger" not in done.stdout
    assert "'course_cl'" in done.stdout
