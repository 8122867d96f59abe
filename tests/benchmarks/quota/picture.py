"""The comparison as a picture that reads on light and dark pages: it brings its own ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.quota.figures import Figures, middle, share_over
from tests.benchmarks.quota.findings import Findings
from tests.benchmarks.quota.limiters import KINDS, OURS, Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUND, INK, FAINT, GRID = "#14171f", "#e8eaf0", "#8b93a7", "#2a2f3d"
OUR_SHADES, PEER_SHADES = ("#9be7c4", "#4fd1a0", "#1fa77a"), ("#aab3c8", "#7f89a3", "#59627a")
PROCESSES = (1, 2, 8)
BAR = 0.26


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure of all limiters; `bound` is where the axis ends, longer bars are cut and labelled."""

    title: str
    value: Callable[[Sequence[Figures]], float]
    form: str
    bound: float
    many_only: bool = False


PANELS = (
    Panel("starts over the limit, %", lambda rounds: 100 * share_over(rounds), "{:.1f}", 75),
    Panel("utilisation, %", lambda rounds: 100 * middle(rounds).utilisation, "{:.1f}", 140),
    Panel(
        "fairness between processes (Jain)",
        lambda rounds: middle(rounds).steady,
        "{:.3f}",
        1.25,
        many_only=True,
    ),
    Panel("late p50, ms", lambda rounds: 1000 * max(middle(rounds).late_p50, 0.0), "{:.0f}", 80),
)


def draw(found: Findings, to: Path) -> None:
    """Write the picture, an SVG or PNG by its name."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"font.family": "DejaVu Sans", "svg.hashsalt": "inferterm"})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(15, 5.6), sharey=True, facecolor=GROUND)
    for axis, panel in zip(axes, PANELS, strict=True):
        _panel(axis, panel, found)
    axes[0].set_yticks(range(len(KINDS)), [known.title for known in KINDS.values()])
    for label, kind in zip(axes[0].get_yticklabels(), KINDS, strict=True):
        label.set_color(OUR_SHADES[1] if kind == OURS else INK)
        label.set_fontweight("bold" if kind == OURS else "normal")
    figure.suptitle(
        "200 requests a second, wanted by 1, 2 and 8 processes (top to bottom)",
        x=0.012,
        ha="left",
        color=INK,
        fontsize=14,
        fontweight="bold",
    )
    figure.text(0.012, 0.02, "limiters with one bar work within one process only", color=FAINT)
    figure.tight_layout(rect=(0, 0.04, 1, 0.97), w_pad=1.6)
    figure.savefig(to, facecolor=GROUND, metadata={"Date": None} if to.suffix == ".svg" else None)
    pyplot.close(figure)


def _panel(axis: Axes, panel: Panel, found: Findings) -> None:
    axis.set_facecolor(GROUND)
    axis.set_title(panel.title, color=INK, fontsize=10.5, loc="left", pad=8)
    axis.set_xlim(0, panel.bound)
    axis.set_ylim(len(KINDS) - 0.45, -0.55)
    axis.tick_params(colors=FAINT, length=0, labelsize=9.5)
    axis.grid(axis="x", color=GRID, linewidth=0.8)
    axis.set_axisbelow(True)
    for spine in axis.spines.values():
        spine.set_visible(False)
    for place, (kind, known) in enumerate(KINDS.items()):
        numbers = [n for n in PROCESSES if not (panel.many_only and n == 1)]
        if panel.many_only and known.processes == (1,):
            axis.text(panel.bound * 0.01, place, "one process only", color=FAINT, va="center", fontsize=8.5)
            continue
        for number in numbers:
            if number in known.processes:
                _bar(axis, panel, place, number, found.contest[kind, number], known=known)


def _bar(
    axis: Axes, panel: Panel, place: int, number: int, rounds: Sequence[Figures], *, known: Kind
) -> None:
    value, nth = panel.value(rounds), PROCESSES.index(number)
    at = place + (nth - 1) * BAR * (len(known.processes) > 1)
    ours = known is KINDS[OURS]
    length = min(value, panel.bound * 0.86)
    axis.barh(at, length, BAR * 0.86, color=(OUR_SHADES if ours else PEER_SHADES)[nth])
    mark = " …" if length < value else ""
    axis.text(
        length + panel.bound * 0.012,
        at,
        (panel.form.format(value) if value else "0") + mark,
        color=OUR_SHADES[1] if ours else INK,
        va="center",
        fontsize=8,
    )
