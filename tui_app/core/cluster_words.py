"""An endpoint here and in a cluster, in words: what a list says of it, and what can be done."""

from __future__ import annotations

from tui_app.core.cluster_plans import Way
from tui_app.core.clusters import ClusterUsage
from tui_app.core.remote import Pair


def standing(pair: Pair) -> str:
    """How the two stand to each other, in a few words with a sign before them."""
    if pair.theirs is None:
        return "○ only here"
    if pair.theirs.endpoint is None:
        return f"· {pair.theirs.reason}"
    if pair.ours is None:
        return "○ only there"
    if not pair.differences:
        return "✓ the same"
    names = ", ".join(difference.path.rpartition(".")[2] for difference in pair.differences)
    return f"! differs in {names}"


def details(pair: Pair) -> tuple[str, ...]:
    """Say line by line what differs and what each way would do."""
    lines = [str(difference) for difference in pair.differences]
    if pair.theirs is not None:
        kind = f"{pair.theirs.service or 'no service'}, {pair.theirs.task_type or 'no task type'}"
        lines.insert(0, f"in the cluster: {kind}")
    if pair.way is Way.PUT:
        lines.append("Pushing creates it there, with its key; the cluster tries it out first.")
    elif pair.way is Way.UPDATE:
        lines.append("Pushing changes it there with _update; the cluster tries it out first.")
    elif pair.way is Way.ANEW:
        lines.append("_update cannot change this: pushing asks before it deletes and creates.")
    elif pair.ours is not None and pair.ours.local.sandbox:
        lines.append("It answers from the sandbox, which no cluster can reach: it is not pushed.")
    if pair.theirs is not None and pair.theirs.endpoint is not None:
        lines.append("Pulling makes ours what stands there; the key stays in the cluster.")
    return tuple(lines)


def usage_words(usage: ClusterUsage) -> str:
    """Say who would miss an endpoint, as the cluster reports it."""
    if not usage.is_used:
        return "The cluster reports no pipeline and no index that uses it."
    parts = []
    if usage.pipelines:
        parts.append(f"pipelines {', '.join(usage.pipelines)}")
    if usage.indexes:
        parts.append(f"indexes {', '.join(usage.indexes)}")
    used = f"Used by {' and '.join(parts)}." if parts else ""
    return f"{used} {usage.words}".strip()
