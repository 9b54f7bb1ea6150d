"""What a run takes of its machine: processors, memory, disk, network, graphics cards.

Looks at all processes below one. Figures come from psutil, those of graphics cards from NVIDIA's NVML where there
is one. Runs are not its business.
"""

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from types import ModuleType

MAX_PROCESSES = 1000

Key = tuple[int, float]


class SystemSampler:
    """Takes samples of the processes below the process `top`, which began at `began` (s since the epoch). Rates are
    since the sample before, the first ones since the beginning. `folder` is on the disk that is looked at.
    """

    def __init__(self, top: int, folder: str, began: float) -> None:
        self._top = psutil.Process(top)
        self._folder = folder
        self._before: dict[Key, tuple[float, int, int]] = {}
        self._net = psutil.net_io_counters()
        self._at = time.monotonic() - max(time.time() - began, 0.0)
        self._cards = GpuSampler()

    def sample(self) -> dict[str, float]:
        """The figures now, by name. `cpu` is in percent of one processor, sizes are in bytes, rates in bytes/s.

        `cpu`, `memory`, `processes`, `threads`, `disk_read` and `disk_write` are of the run, `machine/…` of all of it.
        """
        now = time.monotonic()
        passed = max(now - self._at, 1e-3)
        self._at = now
        figures = self._of_processes(passed)
        figures |= self._of_machine(passed)
        figures |= dict(self._cards.sample())
        return figures

    def _of_processes(self, passed: float) -> dict[str, float]:
        seen: dict[Key, tuple[float, int, int]] = {}
        memory = threads = 0.0
        for process in self._processes():
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    memory += process.memory_info().rss
                    threads += process.num_threads()
                    read, write = _io(process)
                    seen[process.pid, process.create_time()] = (times.user + times.system, read, write)
            except psutil.Error:
                continue
        nothing = (0.0, 0, 0)
        grown: list[tuple[float, ...]] = [
            tuple(max(a - b, 0) for a, b in zip(now, self._before.get(k, nothing), strict=True))
            for k, now in seen.items()
        ]
        self._before = seen
        rates = [sum(each[i] for each in grown) / passed for i in range(3)]
        return {
            "cpu": rates[0] * 100,
            "memory": memory,
            "processes": float(len(seen)),
            "threads": threads,
            "disk_read": rates[1],
            "disk_write": rates[2],
        }

    def _processes(self) -> list[psutil.Process]:
        try:
            return self._top.children(recursive=True)[:MAX_PROCESSES]
        except psutil.Error:
            return []

    def _of_machine(self, passed: float) -> dict[str, float]:
        memory, net = psutil.virtual_memory(), psutil.net_io_counters()
        figures = {"machine/cpu": psutil.cpu_percent(), "machine/memory_available": float(memory.available)}
        if net and self._net:
            figures["machine/network_received"] = max(net.bytes_recv - self._net.bytes_recv, 0) / passed
            figures["machine/network_sent"] = max(net.bytes_sent - self._net.bytes_sent, 0) / passed
        self._net = net
        try:
            figures["machine/disk_free"] = float(psutil.disk_usage(self._folder).free)
        except OSError:
            pass
        return figures


def _io(process: psutil.Process) -> tuple[int, int]:
    """Bytes read from and written to disks; macOS does not tell."""
    if not hasattr(process, "io_counters"):
        return 0, 0
    try:
        counted = process.io_counters()
    except (psutil.Error, OSError):
        return 0, 0
    return counted.read_bytes, counted.write_bytes


class GpuSampler:
    """NVIDIA's graphics cards, as far as `CUDA_VISIBLE_DEVICES` does not hide them all. None where there is no NVML."""

    def __init__(self) -> None:
        self._nvml: ModuleType | None = None
        self._cards: list[object] = []
        if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
            return
        try:
            import pynvml

            pynvml.nvmlInit()
            self._cards = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
            self._nvml = pynvml
        except Exception:  # no package, no driver, no card, no leave: all the same
            self._cards = []

    def sample(self) -> Iterator[tuple[str, float]]:
        """`gpu0/busy` (percent), `gpu0/memory` (bytes), `gpu0/power` (W), `gpu0/temperature` (°C) of each card."""
        nvml = self._nvml
        if nvml is None:
            return
        for i, card in enumerate(self._cards):
            for name in ("busy", "memory", "power", "temperature"):
                try:
                    yield f"gpu{i}/{name}", _figure(nvml, card, name)
                except nvml.NVMLError:
                    continue


def _figure(nvml: "ModuleType", card: object, name: str) -> float:
    match name:
        case "busy":
            return float(nvml.nvmlDeviceGetUtilizationRates(card).gpu)
        case "memory":
            return float(nvml.nvmlDeviceGetMemoryInfo(card).used)
        case "power":
            return float(nvml.nvmlDeviceGetPowerUsage(card)) / 1000
    return float(nvml.nvmlDeviceGetTemperature(card, nvml.NVML_TEMPERATURE_GPU))
