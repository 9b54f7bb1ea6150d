"""Boards in Chromium: a page sorts by its address and by its headings, and fits a phone."""

import json
import os
import re
import shutil
import subprocess

import pytest
from stores import make_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --allow-file-access-from-files"
).split()
PRESS = """
<iframe src="out.html#sort=0.-1" width="360" height="700"></iframe><pre id="result"></pre>
<script>
onload = () => {
  const page = document.querySelector("iframe").contentDocument;
  const state = () => [...page.querySelectorAll("tbody tr")].map((row) => row.cells[1].textContent).join(" ");
  const heading = page.querySelectorAll("th")[1];
  const seen = [heading.ariaSort + " " + state()];
  for (let i = 0; i < 3; i++) { heading.querySelector("button").click(); seen.push(heading.ariaSort + " " + state()); }
  const heights = [...page.querySelectorAll("tr")].map((row) => row.offsetHeight);
  const sizes = [page.documentElement.scrollWidth, Math.min(...heights)];
  document.querySelector("pre").textContent = JSON.stringify([seen, ...sizes]);
};
</script>
"""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]


def read_page(url, tmp_path):
    """Returns the elements of a page after its script has run."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", url]
    env = os.environ | {"HOME": str(tmp_path)}
    return subprocess.run(command, capture_output=True, timeout=90, check=True, env=env).stdout.decode()


@pytest.fixture
def page(gage, project):
    for acc in (0.25, None, 10.0, float("nan"), -3.0):
        value = {key: {"step": 1, "value": acc} for key in ("last", "min", "max")}
        metrics = {} if acc is None else {"acc": {"count": 1, **value}}
        members = {"summaries/metrics.json": json.dumps(metrics)}
        make_run(project / ".gage" / "runs", members=members, run_dir=False)
    (project / "models.json").write_text(json.dumps({"columns": ["index", {"name": "acc", "format": ".1f"}]}))
    gage("board", "models.json", "--html", "out.html")
    return project / "out.html"


def test_a_page_sorts_by_its_address_and_headings_and_fits_a_phone(page, tmp_path):
    (page.parent / "frame.html").write_text(PRESS)
    text = read_page((page.parent / "frame.html").as_uri(), tmp_path)
    seen, width, height = json.loads(re.search(r'<pre id="result">(.*?)</pre>', text)[1])
    descending = "descending 10.0 0.2 -3.0 NaN –"
    unsorted = "null -3.0 NaN 10.0 – 0.2"
    assert seen == [descending, unsorted, "ascending -3.0 0.2 10.0 NaN –", descending]
    assert width <= 360 and height >= 44
