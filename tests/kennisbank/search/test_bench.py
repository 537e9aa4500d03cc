"""The bench of the search works; what it measures is for a quiet machine."""

import json

from bench import kennisbank


def test_the_bench_fills_searches_and_writes_its_table(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LMS_DATABASE_URL", raising=False)
    file = tmp_path / "kennisbank.json"
    assert kennisbank.main(["--sizes", "60", "--rounds", "1", "--json", str(file)]) == 0
    one = json.loads(file.read_text(encoding="utf-8"))["sizes"][0]
    assert one["entries"] == 60 and one["searches"] == len(kennisbank.TYPED) * len(kennisbank.CHOSEN)
    assert 0 < one["p50"] <= one["p95"] and one["cpu_p95"] > 0
    assert "| 60 |" in capsys.readouterr().out
