"""System metrics: the CPU, memory, disk, network and GPU usage of a program and of its machine.

Measures all descendants of a process, with psutil, and GPUs with NVIDIA's NVML where it is installed. Knows no runs.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from types import ModuleType

MAX_PROCESSES = 1000

ProcessKey = tuple[int, float]

_GPU_QUERIES: "dict[str, Callable[[ModuleType, object], float]]" = {
    "busy": lambda nvml, gpu: nvml.nvmlDeviceGetUtilizationRates(gpu).gpu,
    "memory": lambda nvml, gpu: nvml.nvmlDeviceGetMemoryInfo(gpu).used,
    "power": lambda nvml, gpu: nvml.nvmlDeviceGetPowerUsage(gpu) / 1000,
    "temperature": lambda nvml, gpu: nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU),
}


class SystemSampler:
    """Samples the descendants of the process `parent`, which started at `started` (s since the epoch).

    Rates are since the previous sample, those of the first since the start. `directory` is on the disk that is sampled.
    """

    def __init__(self, parent: int, directory: str, started: float) -> None:
        self._parent = psutil.Process(parent)
        self._directory = directory
        self._previous: dict[ProcessKey, tuple[float, int, int]] = {}
        self._network = psutil.net_io_counters()
        self._sampled_at = time.monotonic() - max(time.time() - started, 0.0)
        self._gpus = GpuSampler()

    def sample(self, excluded: int = 0) -> dict[str, float]:
        """Returns the metrics now, by name: `cpu` in percent of one core, sizes in bytes, rates in bytes/s.

        `cpu`, `memory`, `processes`, `threads`, `disk_read` and `disk_write` are those of the program, without the
        process `excluded`; `machine/…` those of the whole machine.
        """
        now = time.monotonic()
        elapsed = max(now - self._sampled_at, 1e-3)
        self._sampled_at = now
        metrics = self._sample_processes(elapsed, excluded)
        metrics |= self._sample_machine(elapsed)
        metrics |= dict(self._gpus.sample())
        return metrics

    def _sample_processes(self, elapsed: float, excluded: int) -> dict[str, float]:
        seen: dict[ProcessKey, tuple[float, int, int]] = {}
        memory = threads = 0.0
        for process in self._list_processes(excluded):
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    memory += process.memory_info().rss
                    threads += process.num_threads()
                    read, write = _disk_bytes(process)
                    seen[process.pid, process.create_time()] = (times.user + times.system, read, write)
            except psutil.Error:
                continue
        nothing = (0.0, 0, 0)
        increases: list[tuple[float, ...]] = [
            tuple(max(a - b, 0) for a, b in zip(now, self._previous.get(k, nothing), strict=True))
            for k, now in seen.items()
        ]
        self._previous = seen
        rates = [sum(each[i] for each in increases) / elapsed for i in range(3)]
        return {
            "cpu": rates[0] * 100,
            "memory": memory,
            "processes": float(len(seen)),
            "threads": threads,
            "disk_read": rates[1],
            "disk_write": rates[2],
        }

    def _list_processes(self, excluded: int) -> list[psutil.Process]:
        try:
            found = self._parent.children(recursive=True)[:MAX_PROCESSES]
        except psutil.Error:
            return []
        return [process for process in found if process.pid != excluded]

    def _sample_machine(self, elapsed: float) -> dict[str, float]:
        memory, net = psutil.virtual_memory(), psutil.net_io_counters()
        metrics = {"machine/cpu": psutil.cpu_percent(), "machine/memory_available": float(memory.available)}
        if net and self._network:
            metrics["machine/network_received"] = max(net.bytes_recv - self._network.bytes_recv, 0) / elapsed
            metrics["machine/network_sent"] = max(net.bytes_sent - self._network.bytes_sent, 0) / elapsed
        self._network = net
        try:
            metrics["machine/disk_free"] = float(psutil.disk_usage(self._directory).free)
        except OSError:
            pass
        return metrics


def _disk_bytes(process: psutil.Process) -> tuple[int, int]:
    """Returns the bytes read from and written to disks; 0 on macOS, which does not count them."""
    if not hasattr(process, "io_counters"):  # pragma: no cover - only on macOS
        return 0, 0
    try:
        counted = process.io_counters()
    except (psutil.Error, OSError):
        return 0, 0
    return counted.read_bytes, counted.write_bytes


class GpuSampler:
    """NVIDIA's GPUs; none if NVML is missing or `CUDA_VISIBLE_DEVICES` hides all of them."""

    def __init__(self) -> None:
        self._nvml: ModuleType | None = None
        self._gpus: list[object] = []
        if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
            return
        try:
            import pynvml

            pynvml.nvmlInit()
            self._gpus = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
            self._nvml = pynvml
        except Exception:  # no package, driver, GPU or permission
            self._gpus = []

    def sample(self) -> Iterator[tuple[str, float]]:
        """Yields `gpu0/busy` (percent), `gpu0/memory` (bytes), `gpu0/power` (W), `gpu0/temperature` (°C) …"""
        nvml = self._nvml
        if nvml is None:
            return
        for i, gpu in enumerate(self._gpus):
            for name, query in _GPU_QUERIES.items():
                try:
                    yield f"gpu{i}/{name}", float(query(nvml, gpu))
                except nvml.NVMLError:
                    continue
