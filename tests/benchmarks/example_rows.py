"""Rows that go well, fail, hang or end their process: in a module that another process can import."""

import os
import time

from gpu_report import Part, Setting


def example(row: str, seconds: float, setting: Setting) -> list[str]:
    if row == "hangs":
        time.sleep(60)
    if row == "fails":
        raise ValueError("no such | thing\nat all")
    if row == "dies":
        os._exit(7)
    return [setting.device, f"{seconds:.0f}"]


def part_of(*rows: str) -> Part:
    columns = ("row", "device", "s")
    return Part(
        title="Example", about="About.", columns=columns, rows=rows, measure=example, share=1
    )
