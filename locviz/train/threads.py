"""How many threads to compute with: one per CPU that this process may use, not one per CPU that
the machine has.

In a container that may use two of sixty-four CPUs, sixty-four threads wait for each other most of
the time.
"""

import math
import os
from pathlib import Path

import torch

_CGROUPS = Path("/sys/fs/cgroup")


def usable_cpus(cgroups: Path = _CGROUPS) -> int:
    """Return the CPUs that this process may use, at least 1.

    It is the smallest of three numbers: what the operating system's affinity allows, what the
    container's quota allows (cgroup v2 or v1, rounded up), and ``OMP_NUM_THREADS`` where it is set.

    Args:
        cgroups: the folder in which Linux shows the container's limits.
    """
    allowed = [_affinity()]
    if (quota := _quota(cgroups)) is not None:
        allowed.append(math.ceil(quota))
    if (wanted := os.environ.get("OMP_NUM_THREADS", "")).isdigit():
        allowed.append(int(wanted))
    return max(1, min(allowed))


def one_thread_per_cpu() -> int:
    """Let torch compute with one thread per usable CPU; return how many these are."""
    num = usable_cpus()
    torch.set_num_threads(num)
    return num


def _affinity() -> int:
    # macOS and Windows have no affinity to ask for.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(cgroups: Path) -> float | None:
    """Return the CPUs that a container may use on average; None where nothing limits them."""
    for names in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            words = [word for name in names for word in (cgroups / name).read_text().split()]
            quota, period = int(words[0]), int(words[1])
        except (OSError, ValueError, IndexError):  # another version, or "max": no limit
            continue
        if quota > 0 and period > 0:
            return quota / period
    return None
