"""The number of threads follows what the process may use."""

import os

import pytest
import torch

from locviz.train import one_thread_per_cpu, usable_cpus


@pytest.fixture(autouse=True)
def many_cpus(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)


def limits(folder, **texts):
    for name, text in texts.items():
        path = folder / {"v2": "cpu.max", "quota": "cpu/cpu.cfs_quota_us"}.get(
            name, "cpu/cpu.cfs_period_us"
        )
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def test_without_a_limit_it_is_the_affinity(tmp_path):
    assert usable_cpus(tmp_path) == 64


@pytest.mark.parametrize(
    ("text", "num"),
    [("200000 100000\n", 2), ("150000 100000\n", 2), ("10000 100000\n", 1), ("max 100000\n", 64)],
)
def test_the_quota_of_a_container_is_rounded_up(tmp_path, text, num):
    assert usable_cpus(limits(tmp_path, v2=text)) == num


@pytest.mark.parametrize(("quota", "num"), [("400000", 4), ("-1", 64)])
def test_the_older_files_are_read_too(tmp_path, quota, num):
    assert usable_cpus(limits(tmp_path, quota=quota, period="100000")) == num


def test_a_wish_for_fewer_threads_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert usable_cpus(tmp_path) == 3


def test_torch_takes_the_number(monkeypatch):
    before = torch.get_num_threads()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    try:
        assert one_thread_per_cpu() == 1
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
