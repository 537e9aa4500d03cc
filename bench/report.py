"""The figures as a table in Markdown, for the terminal and for docs/bench.md."""

from typing import Any

HEAD = (
    "| page | people | queries | KB | gzip | calls | ratio | 1: a second | p50 ms | p95 ms | ratio | CPU ratio "
    "| 8: a second | p50 ms | p95 ms | ratio | CPU ratio |"
)


def table(result: dict[str, Any]) -> str:
    """Everything that a reader needs to judge the figures, in lines."""
    at = result["machine"]
    lines = [
        f"{result['when']}, {at['processor']}, {at['cores']} cores (load {at['load']}), Python {at['python']}, "
        f"{result['database']}, {result['seconds']:g} s for each figure.",
        f"Server: `{result['server']}`, one process.",
        "",
        HEAD,
        "|---|" + "---:|" * (HEAD.count("|") - 2),
    ]
    bare = result["bare"]
    if bare:
        lines.append(
            _row({"name": "bare Flask page", "size": "", "queries": 1, "bytes": bare["1"]["bytes"], **bare}, result)
        )
    for page in result["pages"]:
        name = page["name"] + (f" ({page['failed']} failed)" if page["failed"] else "")
        lines.append(_row(page | {"name": name}, result))
    lines.append("")
    for connections, figures in bare.items():
        lines.append(
            f"Noise at {connections}: {figures['times']} bare pages, {figures['lowest']:.0f} to "
            f"{figures['highest']:.0f} a second, standard deviation {figures['noise']:.0%}."
        )
    lines.append(_flat(result["pages"]))
    cold = result["cold"]
    lines.append(
        f"A cold page ({cold['page']}): {cold['requests']} requests, {cold['bytes'] / 1000:.0f} KB, "
        f"{cold['gzip'] / 1000:.0f} KB behind a proxy with gzip."
    )
    return "\n".join(line for line in lines if line is not None)


def _row(page: dict[str, Any], result: dict[str, Any]) -> str:
    small, calls, least = page.get("gzip"), page.get("calls"), result["bare_calls"]
    cells = [page["name"], str(page["size"]), str(page["queries"]), f"{page['bytes'] / 1000:.1f}"]
    cells += [f"{small / 1000:.1f}" if small else "", str(calls or least), f"{least / calls:.0%}" if calls else ""]
    for connections in ("1", "8"):
        one = page[connections]
        cells += [f"{one['per_second']:.0f}", f"{one['p50']:.1f}", f"{one['p95']:.1f}"]
        cells += [f"{one['ratio']:.0%}" if "ratio" in one else "", f"{one['cpu_ratio']:.0%}" if "ratio" in one else ""]
    return f"| {' | '.join(cells)} |"


def _flat(pages: list[dict[str, Any]]) -> str:
    """How much more processor a page costs in the largest run than in the smallest."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        by_name.setdefault(page["name"], []).append(page)
    grown = []
    for name, own in by_name.items():
        own = sorted(own, key=lambda page: page["size"])
        if len(own) > 1 and own[-1]["1"]["cpu_ratio"]:
            grown.append(f"{name} ×{own[0]['1']['cpu_ratio'] / own[-1]['1']['cpu_ratio']:.2f}")
    return f"From the smallest to the largest run, in CPU ratio: {', '.join(grown)}." if grown else ""
