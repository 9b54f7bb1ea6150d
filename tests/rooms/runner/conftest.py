"""Gives tests of the runner a project directory with a store."""

import pytest
from runs import Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)
