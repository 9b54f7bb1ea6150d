"""System metrics of real processes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
from waiting import wait_until

from gage.metrics.system_metrics import SystemSampler

BUSY = """
import os
parent, x = os.getppid(), bytearray(50_000_000)
print(flush=True)
while os.getppid() == parent:
    pass
"""


def used_cpu_seconds(pid: int) -> float:
    return sum(child.cpu_times().user for child in psutil.Process(pid).children(recursive=True))


def test_samples_a_program_and_its_children(tmp_path: Path) -> None:
    began = time.time()
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    try:
        sampler = SystemSampler(os.getpid(), str(tmp_path), began)
        first = sampler.sample()
        used = used_cpu_seconds(process.pid)
        wait_until(lambda: used_cpu_seconds(process.pid) > used)
        second = sampler.sample()
    finally:
        process.kill()
        process.communicate()
    assert first["processes"] >= 2
    assert second["memory"] > 50_000_000
    assert 0 < second["cpu"] < 150 * (os.cpu_count() or 1)
    assert second["machine/disk_free"] > 0


def test_samples_no_processes(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        figures = SystemSampler(process.pid, str(tmp_path), time.time()).sample()
    finally:
        process.communicate(b"\n")
    assert (figures["processes"], figures["memory"], figures["cpu"]) == (0, 0, 0)
    gone = SystemSampler(os.getpid(), "/no/such/folder", time.time()).sample()
    assert "machine/disk_free" not in gone
