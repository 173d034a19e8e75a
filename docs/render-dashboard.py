#!/usr/bin/env python3
"""Draws the dashboard of deploy/grafana with what a Prometheus answered, as a page for docs/render-trace.sh.

    .ci/deploy_live.py . PROGRAM 300 shown.json         a service and a Prometheus, for five minutes: see .ci/deploy
    docs/render-dashboard.py shown.json dashboard.html
    docs/render-trace.sh dashboard.html docs/dashboard.png 1600 HEIGHT     the page's height, which is printed

No registry has a Grafana that could open it. Panels, queries, legends, units and places are those of the dashboard; the
drawing is this file's.
"""

import html
import json
import math
import re
import sys
import time

COLORS = ["#2e7fe8", "#e08a1e", "#0c9a92", "#c9479f", "#7a5af5", "#5b9a28", "#a06a3c", "#5667a8", "#d92d3a", "#1a8a4c"]
CELL, GAP, UNIT = 1568 / 24, 8, 29
STYLE = """
body { margin: 0; background: #f5f6f8; color: #1b2130; font: 12px/1.4 Inter, sans-serif; width: 1600px; }
header { padding: 14px 16px 4px; font-size: 18px; font-weight: 650; }
header span { font-size: 12px; font-weight: 450; color: #626c80; margin-left: 14px; }
main { position: relative; margin: 0 16px; }
section, h2 { position: absolute; box-sizing: border-box; margin: 0; }
h2 { font-size: 13px; font-weight: 600; padding-top: 5px; }
section { background: #fff; border: 1px solid #e1e4ea; border-radius: 4px; padding: 6px 10px; overflow: hidden; }
h3 { margin: 0; font-size: 12px; font-weight: 600; }
.big { font-size: 26px; font-weight: 600; text-align: center; padding-top: 8px; position: relative; }
.none { color: #626c80; text-align: center; padding-top: 70px; }
.legend { font-size: 10.5px; color: #3c4559; line-height: 1.5; max-height: 34px; overflow: hidden; }
.legend i { display: inline-block; width: 12px; height: 3px; margin: 0 4px 3px 0; border-radius: 2px; }
.legend span { margin-right: 10px; white-space: nowrap; }
text { font: 10px Inter, sans-serif; fill: #626c80; }
footer { position: absolute; color: #626c80; }
"""


def number(value):
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def shown(value, unit):
    if unit == "percentunit":
        return f"{number(value * 100)} %"
    if unit == "s":
        return f"{number(value * 1000)} ms" if value < 1 else f"{number(value)} s"
    if unit == "bytes":
        for name in ("B", "KiB", "MiB"):
            if value < 1024:
                break
            value /= 1024
        return f"{number(value)} {name}"
    return number(value) + {"reqps": " req/s"}.get(unit, unit.removeprefix("suffix:") if unit.startswith("suffix:") else "")


def series(panel, results):
    """Names and points of all lines; what is not a number is a gap."""
    for target, result in zip(panel["targets"], results):
        for found in result:
            name = re.sub(r"{{(\w+)}}", lambda match: found["metric"].get(match[1], ""), target["legendFormat"]).strip()
            points = [(at, float(value)) for at, value in found["values"]]
            points = [(at, value if math.isfinite(value) else None) for at, value in points]
            if any(value is not None for _, value in points):
                yield name if name not in ("", "__auto") else "(none)", points


def ticks(low, high):
    step = 10 ** math.floor(math.log10((high - low) / 3))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 4)
    first = math.ceil(low / step)
    return [step * at for at in range(first, math.floor(high / step) + 1)]


def chart(panel, lines, width, height):
    unit = panel["fieldConfig"]["defaults"]["unit"]
    stacked = "stacking" in panel["fieldConfig"]["defaults"].get("custom", {})
    if stacked:
        total = {}
        for _, points in lines:
            for at, (moment, value) in enumerate(points):
                total[moment] = total.get(moment, 0) + (value or 0)
                points[at] = (moment, total[moment])
    values = [value for _, points in lines for _, value in points if value is not None]
    times = [moment for _, points in lines for moment, _ in points]
    low, high = min(0, *values), max(values)
    high = high * 1.08 if high > low else low + 1
    begin, end = min(times), max(max(times), min(times) + 1)
    left, bottom = 58, height - 18

    def place(moment, value):
        return left + (moment - begin) / (end - begin) * (width - left - 6), bottom - (value - low) / (high - low) * (bottom - 6)

    out = [f'<svg width="{width:.0f}" height="{height}">']
    for tick in ticks(low, high):
        _, y = place(begin, tick)
        out.append(f'<path d="M{left} {y:.1f}H{width - 6:.0f}" stroke="#eceff3"/>'
                   f'<text x="{left - 6}" y="{y + 3:.1f}" text-anchor="end">{html.escape(shown(tick, unit))}</text>')
    for moment in range(int(begin // 60 + 1) * 60, int(end) + 1, 60):
        x, _ = place(moment, low)
        out.append(f'<text x="{x:.0f}" y="{height - 4}" text-anchor="middle">{time.strftime("%H:%M", time.gmtime(moment))}</text>')
    for at, (_, points) in enumerate(lines):
        runs, run = [], []
        for moment, value in points + [(0, None)]:
            if value is None:
                runs, run = runs + [run], []
            else:
                run.append("%.1f %.1f" % place(moment, value))
        for run in filter(None, runs):
            color = COLORS[at % len(COLORS)]
            foot = f"L{run[-1].split()[0]} {bottom}L{run[0].split()[0]} {bottom}Z"
            out.append(f'<path d="M{"L".join(run)}{foot}" fill="{color}" fill-opacity=".07"/>'
                       f'<path d="M{"L".join(run)}" fill="none" stroke="{color}" stroke-width="1.4"/>')
    return "".join(out) + "</svg>"


def stat(panel, lines, width, height):
    defaults = panel["fieldConfig"]["defaults"]
    value = next(value for _, value in reversed(lines[0][1]) if value is not None)
    color = [step["color"] for step in defaults["thresholds"]["steps"] if step["value"] is None or value >= step["value"]][-1]
    color = {"green": "#1a8a4c", "orange": "#e08a1e", "red": "#d92d3a"}[color]
    points = [(moment, value) for moment, value in lines[0][1] if value is not None]
    high = max(value for _, value in points) or 1
    begin, end = points[0][0], max(points[-1][0], points[0][0] + 1)
    path = "L".join(f"{(moment - begin) / (end - begin) * width:.1f} {34 - 30 * value / high:.1f}" for moment, value in points)
    spark = (f'<svg width="{width:.0f}" height="36" style="position:absolute;left:0;bottom:0">'
             f'<path d="M{path}L{width:.0f} 36L0 36Z" fill="{color}" fill-opacity=".12"/>'
             f'<path d="M{path}" fill="none" stroke="{color}" stroke-opacity=".6"/></svg>')
    return f'<div class="big" style="color:{color}">{html.escape(shown(value, defaults["unit"]))}</div>{spark}'


def drawn(panel, results):
    place = panel["gridPos"]
    left, top = place["x"] * CELL, place["y"] * UNIT
    width, height = place["w"] * CELL - GAP, place["h"] * UNIT - GAP
    box = f"left:{left:.0f}px;top:{top}px;width:{width:.0f}px;height:{height}px"
    if panel["type"] == "row":
        return f'<h2 style="{box}">{html.escape(panel["title"])}</h2>'
    lines = sorted(series(panel, results), key=lambda line: -max(value for _, value in line[1] if value is not None))
    title = f'<h3>{html.escape(panel["title"])}</h3>'
    if not lines:
        return f'<section style="{box}">{title}<div class="none">No data: needs the Collector, which did not run here</div></section>'
    if panel["type"] == "stat":
        return f'<section style="{box}">{title}{stat(panel, lines, width, height)}</section>'
    legend = "".join(f'<span><i style="background:{COLORS[at % len(COLORS)]}"></i>{html.escape(name)}</span>'
                     for at, (name, _) in enumerate(lines))
    picture = chart(panel, lines, width - 20, height - 70)
    return f'<section style="{box}">{title}{picture}<div class="legend">{legend}</div></section>'


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        given = json.load(file)
    dashboard = given["dashboard"]
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"]) * UNIT
    panels = "\n".join(drawn(panel, given["shown"][str(panel["id"])]) for panel in dashboard["panels"])
    with open(sys.argv[2], "w") as file:
        file.write(
            f'<!doctype html><meta charset="utf-8"><title>{dashboard["title"]}</title><style>{STYLE}</style>'
            f'<header>{dashboard["title"]}<span>Service: book-service</span><span>Database: All</span>'
            f'<span>Collection: All</span><span>Operation: All</span></header><main>{panels}'
            f'<footer style="top:{bottom + 2}px">The panels of deploy/grafana/milvus-client.json, drawn by '
            f'docs/render-dashboard.py from the answers of Prometheus to their queries.</footer></main>'
        )
    print(f"height {bottom + 76}")


main()
