"""System metrics of real processes."""

import os
import subprocess
import sys
import time
import types
from pathlib import Path

import psutil
import pytest
from waiting import wait_until

from gage.metrics.system_metrics import GpuSampler, SystemSampler

BUSY = """
import os
parent, x = os.getppid(), bytearray(50_000_000)
print(flush=True)
while os.getppid() == parent:
    pass
"""


def sum_cpu_seconds(pid: int) -> float:
    return sum(child.cpu_times().user for child in psutil.Process(pid).children(recursive=True))


def test_samples_a_program_and_its_children(tmp_path: Path) -> None:
    start = time.time()
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    try:
        sampler = SystemSampler(os.getpid(), str(tmp_path), start)
        first = sampler.sample()
        used = sum_cpu_seconds(process.pid)
        wait_until(lambda: sum_cpu_seconds(process.pid) > used)
        second = sampler.sample()
    finally:
        process.kill()
        process.communicate()
    assert first["processes"] >= 2
    assert second["memory"] > 50_000_000
    assert 0 < second["cpu"] < 150 * (os.cpu_count() or 1)
    assert second["machine/disk_free"] > 0


def test_leaves_out_a_process(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        sampler = SystemSampler(os.getpid(), str(tmp_path), time.time())
        with_it, without_it = sampler.sample(), sampler.sample(process.pid)
    finally:
        process.communicate(b"\n")
    assert with_it["processes"] == without_it["processes"] + 1


def test_samples_no_processes(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        figures = SystemSampler(process.pid, str(tmp_path), time.time()).sample()
    finally:
        process.communicate(b"\n")
    assert (figures["processes"], figures["memory"], figures["cpu"]) == (0, 0, 0)
    without_directory = SystemSampler(os.getpid(), "/no/such/folder", time.time()).sample()
    assert "machine/disk_free" not in without_directory


class _Nvml(types.ModuleType):
    """NVML on a machine with one GPU that does not report its power."""

    NVMLError = RuntimeError
    NVML_TEMPERATURE_GPU = 0
    nvmlInit = staticmethod(lambda: None)
    nvmlDeviceGetCount = staticmethod(lambda: 1)
    nvmlDeviceGetHandleByIndex = staticmethod(lambda index: index)
    nvmlDeviceGetUtilizationRates = staticmethod(lambda gpu: types.SimpleNamespace(gpu=75))
    nvmlDeviceGetMemoryInfo = staticmethod(lambda gpu: types.SimpleNamespace(used=1 << 30))
    nvmlDeviceGetTemperature = staticmethod(lambda gpu, sensor: 60)

    @staticmethod
    def nvmlDeviceGetPowerUsage(gpu: object) -> float:
        raise RuntimeError("not supported")


def test_samples_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", _Nvml("pynvml"))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert dict(GpuSampler().sample()) == {"gpu0/busy": 75, "gpu0/memory": 1 << 30, "gpu0/temperature": 60}
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert dict(GpuSampler().sample()) == {}
