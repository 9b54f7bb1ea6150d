"""Reads all runs below a directory once with one reader, and prints how long that took. Run by `tfevents.py`.

    python tfevents_reading.py READER DIRECTORY [CACHE]

READER is `gage` (with CACHE: from columns), `rust`, `rust-all`, `accumulator` or `tbparse`; the Python that runs it has
its packages. Prints `seconds points`. The time starts after the imports, for `rust` when the server is started.
"""

import os
import sys
import time
from pathlib import Path


def main() -> None:
    reader, folder, *cache = sys.argv[1:]
    if reader == "gage":
        seconds, points = gage(folder, cache[0] if cache else None)
    elif reader.startswith("rust"):
        seconds, points = rust(folder, reader == "rust-all")
    elif reader == "accumulator":
        seconds, points = accumulator(folder)
    else:
        seconds, points = tbparse(folder)
    print(seconds, points)


def gage(folder: str, cache: str | None) -> tuple[float, int]:
    from gage.metrics.series import read_run_series
    from gage.metrics.tfevents import TemplateCache

    start = time.perf_counter()
    shapes, points = TemplateCache(), 0
    for name in sorted(os.listdir(folder)):
        run = read_run_series(f"{folder}/{name}", f"{cache}/{name}" if cache else None, True, shapes)
        points += sum([len(run.series(series).values) for series in run.names()])
    return time.perf_counter() - start, points


def rust(folder: str, deliver_all: bool) -> tuple[float, int]:
    """TensorBoard's data server: until it has loaded (1,000 points a series, no checksums), as TensorBoard starts it;
    or all points, with checksums, until they have been delivered."""
    import subprocess
    import tempfile

    import grpc
    import tensorboard_data_server
    from tensorboard.data.proto import data_provider_pb2 as messages
    from tensorboard.data.proto import data_provider_pb2_grpc as service

    flags = ["--checksum", "--samples-per-plugin=scalars=all"] if deliver_all else ["--samples-per-plugin=scalars=1000"]
    with tempfile.TemporaryDirectory() as directory:
        port = Path(directory, "port")
        argv = [tensorboard_data_server.server_binary(), "--logdir", folder, "--port=0", f"--port-file={port}"]
        start = time.perf_counter()
        server = subprocess.Popen([*argv, "--reload=once", "--die-after-stdin", *flags], stdin=subprocess.PIPE)
        while not (port.exists() and port.read_text().endswith("\n")):
            time.sleep(0.001)
        loaded, noticed = _idle_since(server.pid)
        if not deliver_all:
            server.kill()
            return loaded - start, 0
        options = [("grpc.max_receive_message_length", -1)]
        provider = service.TensorBoardDataProviderStub(
            grpc.insecure_channel(f"localhost:{port.read_text().strip()}", options)
        )
        request = messages.ReadScalarsRequest(
            plugin_filter=messages.PluginFilter(plugin_name="scalars"), downsample=messages.Downsample(num_points=10**9)
        )
        response = provider.ReadScalars(request)
        points = sum([len(tag.data.step) for run in response.runs for tag in run.tags])
        seconds = time.perf_counter() - start - (noticed - loaded)
        server.kill()
        return seconds, points


def _idle_since(pid: int) -> tuple[float, float]:
    """Returns since when a process has used no processor time, and when that was noticed."""
    used, since = -1, 0.0
    while True:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        now = int(fields[11]) + int(fields[12])
        if now != used:
            used, since = now, time.perf_counter()
        elif time.perf_counter() - since > 0.15 and used > 3:
            return since, time.perf_counter()
        time.sleep(0.005)


def accumulator(folder: str) -> tuple[float, int]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    start, points = time.perf_counter(), 0
    for name in sorted(os.listdir(folder)):
        run = EventAccumulator(os.path.join(folder, name), size_guidance={"scalars": 0, "tensors": 0})
        run.Reload()
        points += sum([len(run.Scalars(tag)) for tag in run.Tags()["scalars"]])
    return time.perf_counter() - start, points


def tbparse(folder: str) -> tuple[float, int]:
    from tbparse import SummaryReader

    start = time.perf_counter()
    points = len(SummaryReader(folder, extra_columns={"dir_name"}).scalars)
    return time.perf_counter() - start, points


main()
