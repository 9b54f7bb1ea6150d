"""System metrics of real processes."""

import os
import subprocess
import sys
import time
from pathlib import Path

from gage.metrics.system_metrics import SystemSampler

BUSY = """
import os
parent, x = os.getppid(), bytearray(50_000_000)
print(flush=True)
while os.getppid() == parent:
    pass
"""


def test_samples_a_program_and_its_children(tmp_path: Path) -> None:
    began = time.time()
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    try:
        sampler = SystemSampler(os.getpid(), str(tmp_path), began)
        first = sampler.sample()
        time.sleep(0.5)
        second = sampler.sample()
    finally:
        process.kill()
        process.communicate()
    assert first["processes"] >= 2
    assert second["memory"] > 50_000_000
    assert 5 < second["cpu"] < 150 * (os.cpu_count() or 1)
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
