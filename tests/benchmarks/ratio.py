"""Measuring beside a peer: rounds alternate, so that both feel the same disk and the same neighbours."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians(rounds: int, **actions: Callable[[], object]) -> dict[str, float]:
    """Return the median seconds of each action, run in turns."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            begin = time.perf_counter()
            action()
            taken[name].append(time.perf_counter() - begin)
    return {name: statistics.median(values) for name, values in taken.items()}


def table(title: str, measured: Mapping[str, float], peer: str) -> str:
    """Return the medians in milliseconds, each with its ratio to the peer."""
    lines = [f"\n{title}"]
    for name, seconds in measured.items():
        lines.append(f"  {name:<28} {seconds * 1000:9.3f} ms   {seconds / measured[peer]:6.2f} x {peer}")
    return "\n".join(lines)


def costs(
    rounds: int, *, after: Callable[[], object] = lambda: None, **actions: Callable[[], object]
) -> dict[str, tuple[float, float]]:
    """Return the median seconds of each action, and of the processor's time it took, run in turns.

    `after` each of them what it left is cleared up, which is not counted.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            begin, worked = time.perf_counter(), time.process_time()
            action()
            taken[name].append((time.perf_counter() - begin, time.process_time() - worked))
            after()
    return {
        name: (statistics.median(wall for wall, _ in values), statistics.median(cpu for _, cpu in values))
        for name, values in taken.items()
    }


def costs_table(title: str, measured: Mapping[str, tuple[float, float]], peer: str) -> str:
    """Return both medians in milliseconds, each with its ratio to the peer's."""
    lines = [f"\n{title}"]
    for name, (wall, cpu) in measured.items():
        beside = f"{wall / measured[peer][0]:6.2f} x, cpu {cpu / max(measured[peer][1], 1e-6):6.2f} x {peer}"
        lines.append(f"  {name:<28} {wall * 1000:9.3f} ms   cpu {cpu * 1000:9.3f} ms   {beside}")
    return "\n".join(lines)
