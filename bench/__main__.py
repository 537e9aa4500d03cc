"""`python3 dev.py bench [--quick] [--json FILE]`: measure the pages of Leerplein beside a bare Flask page.

Each page is measured between two bare pages of the same server, and its ratio is to the mean of those two: what slows
the machine down for a while slows all three. How far the bare pages lie apart over the whole bench is the noise.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from . import kennisbank, report
from .runner import Bench

SIZES = (50, 1000)


def main(arguments: list[str]) -> int:
    """Measure, print the table, and write JSON when asked; returns the exit code."""
    if arguments[:1] == ["kennisbank"]:
        return kennisbank.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the time: to see that it works, not to cite")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures to this file too")
    parser.add_argument("--sizes", default="", help="participants in each run, e.g. 50,1000")
    parser.add_argument("--seconds", type=float, default=None, help="how long each page is asked")
    parser.add_argument("--only", default="", help="only the pages whose name contains this")
    parser.add_argument("--server", default="", help="another server's command, with {app} and {port} in it")
    given = parser.parse_args(arguments)
    sizes = [int(size) for size in given.sizes.split(",") if size] or list(SIZES)
    seconds = given.seconds or (0.3 if given.quick else 3.0)
    with tempfile.TemporaryDirectory(prefix="leerplein-bench-") as folder:
        bench = Bench(Path(folder), sizes, seconds, given.only, given.server)
        result = bench.run(lambda text: sys.stderr.write(text + "\n"))
    sys.stdout.write(report.table(result) + "\n")
    if given.json:
        given.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    wrong = [row for row in result["pages"] if row["failed"]]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
