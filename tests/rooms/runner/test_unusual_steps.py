"""Steps of a run that fail: files that disappear meanwhile, damaged settings, and system calls that fail."""

import errno
import fcntl
import os
import signal
import subprocess
import sys

import pexpect
import pytest
from faults import fail_with
from runs import Project
from stores import make_run

from gage.lib import uuid7
from gage.runner import finish, follow, lock, metrics_thread, planfile, provenance, staging, stdio, stop
from gage.runner.background import spawn_background
from gage.runner.dependencies import copy_dependencies
from gage.runner.job import Job
from gage.runner.metrics_thread import MetricsThread, parse_main_metrics, parse_output_summary, read_sample_interval
from gage.runner.provenance import ProvenanceProbe
from gage.runner.resume_files import copy_origin_files
from gage.runner.signals import SignalState
from gage.runner.stdio import ProcessSpec, ProgramStreams, UserStreams
from gage.store.meta_writer import MetaWriter
from gage.store.status import Lock
from gage.types.errors import RunFailed, StoreError
from gage.types.plan import Dependency, FilePatch, RestartOrigin, SourceFile, SourcePlan


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "print('x')\n")
    return project


def make_job(project, **changes):
    """Creates a job and its run directory; no step has been executed."""
    plan = project.plan()._replace(**changes)
    run = MetaWriter.create(project.store, uuid7.generate(), plan.project_dir)
    os.makedirs(run.path, exist_ok=True)
    return Job(plan, project.store, run, project.events, UserStreams(), ProvenanceProbe(None, None))


def read_log(job):
    path = job.dir.paths.meta_dir / "log/runner"
    return path.read_text() if path.exists() else ""


def test_reports_a_background_run_that_cannot_start(project):
    with pytest.raises(RunFailed, match="Cannot start the run in the background"):
        spawn_background(project.store, uuid7.generate(), {})


def test_hook_does_not_list_copied_dependencies_as_its_files(project):
    project.write("data/a.csv", "\0")
    steps = '[train.exec]\nrun = "true"\nstage-dependencies = "touch new"\n'
    project.write("gage.toml", f'[train]\ndepends = ["data"]\n{steps}')
    run = project.run("train")
    kinds = project.map_kinds(run)
    assert kinds["new"] == "d"
    assert "data/a.csv" not in kinds


def test_copies_no_dependency_out_of_the_project_and_no_git_files(project, tmp_path):
    (tmp_path / "outside").mkdir()
    os.symlink(tmp_path / "outside", project.dir / "out")
    for name in ("data/.git/config", "data/inner/a.csv"):
        project.write(name, "\0")
    os.symlink("inner", project.dir / "data/same")
    dependencies = (Dependency("out", "depends", 0, 0), Dependency("data", "depends", 1, 1))
    job = make_job(project, dependencies=dependencies)
    assert [(record["path"], record["files"]) for record in copy_dependencies(job)] == [("out", 0), ("data", 1)]
    assert os.readlink(job.dir.path / "data/same") == "inner"
    assert not (job.dir.path / "data/.git").exists()
    assert "out of the project: out" in read_log(job)


def test_preserves_a_dependency_whose_reference_cannot_be_written(project):
    project.write("data/a.csv", "\0")
    project.write("train.py", "import os\nos.mkdir('data.ref.json')\n")
    run = project.run(depends=("data",))
    assert run.status == "completed"
    assert (project.run_dir(run) / "data/a.csv").read_text() == "\0"
    assert "Not replaced by a reference: data" in project.read(run, "log/runner")


def test_run_that_cannot_be_sealed_has_its_exit_code(project, monkeypatch):
    monkeypatch.setattr(MetaWriter, "seal", fail_with(errno.EIO))
    project.write("train.py", "raise SystemExit(3)\n")
    run = project.run()
    assert (run.status, run.exit, run.sealed) == ("error", 3, False)
    assert "not sealed: Input/output error" in project.events.notices[-1]


def test_removes_byte_code(project, monkeypatch):
    project.write("train.py", "import os\nos.makedirs('a/__pycache__/b')\n")
    run = project.run()
    assert os.listdir(project.run_dir(run) / "a") == []
    monkeypatch.setattr(finish, "remove_tree", fail_with(errno.EACCES))
    run = project.run()
    assert os.listdir(project.run_dir(run) / "a") == ["__pycache__"]


def test_follows_a_run_without_files(project):
    assert follow._read_unfinished(project.store, make_run(project.store, run_dir=False)) == (b"", b"")
    path = project.store.get_paths(make_run(project.store)).meta_zip
    path.write_bytes(b"cut")
    assert follow._read_unfinished(project.store, path.name[:36]) == (b"", b"")
    assert follow._GrowingFile(project.dir / "gone").read() == b""


def test_run_continues_if_its_log_cannot_be_written(project):
    job = make_job(project)
    (job.dir.paths.meta_dir / "log").write_text("")
    job.log("x")
    assert not job.is_newer("gone", 0)


def claim_with_lock_error(project, monkeypatch, number):
    staged = project.stage()
    monkeypatch.setattr(fcntl, "flock", fail_with(number))
    return project.start(staged)


def test_warns_if_the_file_system_has_no_locks(project, monkeypatch):
    assert claim_with_lock_error(project, monkeypatch, errno.ENOLCK).status == "completed"
    assert "does not support locks" in project.events.notices[0]


def test_does_not_start_a_run_that_cannot_be_locked(project, monkeypatch):
    with pytest.raises(OSError, match="Input/output error"):
        claim_with_lock_error(project, monkeypatch, errno.EIO)


def test_does_not_claim_a_run_that_is_running(project):
    run = MetaWriter.open(project.store, make_run(project.store, status="running"))
    with pytest.raises(RunFailed, match="it is running"):
        lock.claim_staged_run(project.store, run, project.events)


def test_runs_without_reserved_space(project, monkeypatch):
    monkeypatch.setattr(os, "posix_fallocate", fail_with(errno.ENOSPC), raising=False)
    assert project.run().status == "completed"
    lock.release_reserve(make_job(project).dir)


def test_waits_for_a_program_without_pidfd(project, monkeypatch):
    monkeypatch.setattr(os, "pidfd_open", fail_with(errno.ENOSYS), raising=False)
    assert project.run().status == "completed"


@pytest.mark.parametrize(
    ("failure", "note"),
    [
        (OSError(errno.EIO, "Input/output error"), "Cannot read metrics: Input/output error"),
        (StoreError("Disk full"), "Cannot write metrics: Disk full"),
        (ZeroDivisionError("x"), "Cannot read metrics: ZeroDivisionError: x"),
    ],
)
def test_errors_of_metrics_are_logged_once(project, monkeypatch, failure, note):
    def fail(self):
        raise failure

    monkeypatch.setattr(MetricsThread, "_create_readers", fail)
    job, notes = make_job(project), []
    thread = MetricsThread(job.plan, job.dir, notes.append)
    thread._scan(False)
    thread._scan(True)
    assert notes == [note]
    assert thread._read_state("gone") is None


def test_errors_of_system_metrics_are_logged(project):
    job, notes = make_job(project), []
    thread = MetricsThread(job.plan, job.dir, notes.append)
    (job.dir.paths.meta_dir / "sys").write_text("")
    thread._sample(None)
    assert notes[0].startswith("Cannot write system metrics")


def test_reads_settings_of_metrics(monkeypatch):
    assert parse_main_metrics("loss") == ["loss"]
    assert parse_output_summary(True) is True
    assert parse_output_summary("") is False
    assert parse_output_summary("a") == {"0": "a"}
    assert parse_output_summary({"x": "a", "y": 1}) == {"x": "a"}
    assert parse_output_summary(["a", 1, "b"]) == {"0": "a", "2": "b"}
    for text, seconds in (("off", 0.0), ("often", metrics_thread.SAMPLE_INTERVAL), ("3", 3.0)):
        monkeypatch.setenv("GAGE_SYSTEM_METRICS", text)
        assert read_sample_interval() == seconds


def test_masks_secrets_in_lists_of_tables():
    masked = planfile.mask_json([{"password": "s3cr3t"}, 1])
    assert "s3cr3t" not in str(masked)
    assert masked[1] == 1


@pytest.mark.parametrize("raw", [[], ["../x", "why", 1, 1], ["x", "why", 1, 1, "move"], {"path": "x"}])
def test_rejects_a_damaged_dependency(raw):
    with pytest.raises(ValueError, match="unexpected dependency"):
        planfile._parse_dependency(raw)


def test_rejects_a_setting_with_an_unknown_target():
    with pytest.raises(ValueError, match="unknown target"):
        planfile._parse_setting({"target": "screen"})


def test_cancels_processes_that_describe_the_project(project):
    subprocess.run(["git", "-C", project.dir, "init", "-q"], check=True)
    plan = project.plan()._replace(interpreter="/bin/sh")
    probe = ProvenanceProbe.start(plan)
    probe.cancel()
    assert probe.collect()[1] == b""


def test_does_not_wait_long_for_the_programs_python(monkeypatch):
    monkeypatch.setattr(provenance, "MAX_WAIT_SECONDS", 0.01)
    process = subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE)
    assert provenance._read_python(process) == []
    assert process.returncode == -signal.SIGKILL


def test_describes_a_machine_without_processor_and_memory_information(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "_read_text", lambda path: "")
    monkeypatch.setattr(os, "sysconf", fail_with(errno.EINVAL))
    assert provenance._read_cpu_model() == ""
    assert provenance._read_memory_bytes() == 0


def test_lists_models_of_gpus(tmp_path):
    (tmp_path / "0000:01:00.0").mkdir()
    (tmp_path / "0000:01:00.0/information").write_text("Model: \t NVIDIA A100\nIRQ: 1\n")
    assert provenance._read_gpu_models(tmp_path) == ["NVIDIA A100"]
    assert provenance._read_gpu_models(tmp_path / "none") == []


def test_does_not_resume_from_files_that_are_gone(project, tmp_path):
    job = make_job(project, origin=RestartOrigin(uuid7.generate(), str(tmp_path / "gone"), {"a": 1}))
    with pytest.raises(RunFailed, match="Cannot read the earlier run"):
        copy_origin_files(job)
    (tmp_path / "gone").mkdir()
    with pytest.raises(RunFailed, match="Cannot copy a from the earlier run: No such file"):
        copy_origin_files(job)


def test_run_ends_with_an_error_of_the_system(project, monkeypatch):
    monkeypatch.setattr(staging, "_copy_source", fail_with(errno.EIO))
    with pytest.raises(RunFailed, match="The run failed: Input/output error"):
        project.run()
    assert project.latest().status == "error"


def test_run_whose_end_cannot_be_recorded_is_terminated(project, monkeypatch):
    def mark(run, name):
        if name == "stopped":
            raise OSError(errno.EIO, "Input/output error")
        return mark_before(run, name)

    mark_before = MetaWriter.mark
    monkeypatch.setattr(MetaWriter, "mark", mark)
    monkeypatch.setattr(staging, "_copy_source", fail_with(errno.EIO))
    with pytest.raises(RunFailed, match="The run failed"):
        project.run()
    assert not project.latest().sealed


def test_two_signals_of_one_event_count_once():
    state = SignalState()
    assert not state.record(signal.SIGHUP)
    assert not state.record(signal.SIGTERM)
    assert state.record(signal.SIGHUP)


def test_copies_no_source_file_that_disappeared(project):
    os.mkfifo(project.dir / "pipe")
    with open(project.dir / "big.bin", "wb") as file:
        file.truncate((1 << 20) + 1)
    names = ("gone.py", "train.py/x", "big.bin")
    job = make_job(project, source=SourcePlan(tuple(SourceFile(name, 1) for name in names)))
    staging.stage_sourcecode(job)
    assert list(job.entries) == ["big.bin"]
    assert (job.dir.path / "big.bin").stat().st_size == (1 << 20) + 1
    assert "no longer exists: gone.py" in read_log(job)
    assert staging._copy_source("/dev", job.dir.path, "null", {""}, None) is None


@pytest.mark.parametrize(("path", "message"), [("gone.yml", "is not part"), ("train.xyz", "Cannot apply config to")])
def test_rejects_config_for_files_that_cannot_be_changed(project, path, message):
    job = make_job(project, patches=(FilePatch(path, {"lr": 1}),))
    (job.dir.path / "train.xyz").write_text("")
    with pytest.raises(RunFailed, match=message):
        staging.apply_config(job)


def test_opens_a_terminal_for_keys_only():
    streams = ProgramStreams(UserStreams(has_keyboard=True))
    try:
        assert sorted(streams.readers.values()) == [0, 1, 2]
        assert streams.readers[streams.terminal] == stdio.TERMINAL_STREAM
    finally:
        streams.close()


def test_closes_streams_if_one_cannot_be_opened(monkeypatch):
    monkeypatch.setattr(os, "openpty", fail_with(errno.ENOSPC))
    before = len(os.listdir("/dev/fd"))
    with pytest.raises(OSError, match="No space"):
        ProgramStreams(UserStreams(err_is_terminal=True))
    assert len(os.listdir("/dev/fd")) == before


def test_uses_pipes_of_the_default_size_if_they_cannot_grow(monkeypatch):
    monkeypatch.setattr(fcntl, "fcntl", fail_with(errno.EPERM))
    ProgramStreams(UserStreams()).close()


def test_names_the_missing_run_directory_of_a_command(tmp_path):
    error = stdio._start_error(ProcessSpec(["true"], str(tmp_path / "gone"), {}), FileNotFoundError(2, "No such file"))
    assert "run directory no longer exists" in error.message


@pytest.mark.parametrize(("number", "fails"), [(errno.ESRCH, False), (errno.EPERM, True)])
def test_stops_only_own_processes(monkeypatch, number, fails):
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            process_lock = Lock.for_process(process.pid)
            with monkeypatch.context() as patch:
                patch.setattr(os, "kill", fail_with(number))
                if fails:
                    with pytest.raises(RunFailed, match="belongs to another user"):
                        stop._end_runner(process_lock, 0.1)
                else:
                    stop._end_runner(process_lock, 0.1)
            assert process.poll() is None
        finally:
            process.kill()


@pytest.mark.slow
def test_kills_processes_that_ignore_the_signal():
    id = uuid7.generate()
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], env={"RUN_ID": id}, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert stop._end_remaining(id)
        assert process.wait(10) == -signal.SIGKILL


def test_reports_the_end_before_it_seals_other_runs(project):
    """A killed run left a file that takes seconds to read."""
    project.write("killed.py", "open('big', 'wb').truncate(3 << 30)\nprint('begun', flush=True)\ninput()\n")
    killed = subprocess.Popen(
        [sys.executable, "-m", "gage", "run", "killed.py", "--yes"],
        cwd=project.dir,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert killed.stdout.readline() == b"begun\n"
    killed.kill()
    killed.communicate(timeout=20)
    project.write("train.py", "raise SystemExit(3)\n")
    child = project.spawn_on_terminal("run", "train.py", "--yes")
    child.expect("failed: exit code 3")
    child.expect("Sealing runs whose Gage process was killed")
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 3
    assert all(project.store.read(id).sealed for id in project.store.list_ids())


def test_says_that_the_program_removed_its_metadata_and_leaves_its_files(project):
    project.write(
        "train.py",
        "import os, shutil\nopen('model.txt', 'w').write('x')\nshutil.rmtree(os.environ['RUN_DIR'] + '.meta')\n",
    )
    with pytest.raises(StoreError, match="metadata of the run have been removed") as failed:
        project.run()
    files = failed.value.hint.removeprefix("To see the files of the run: ls ")
    assert os.path.exists(os.path.join(files, "model.txt"))
