"""Probe of OmegaConf: reports the config that the program merges with the command line (`OmegaConf.from_cli()`)."""

from __future__ import annotations

import os
import sys

from ..hydra.probe import describe_config
from ..introspect.probe import comments, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """Has a config report itself when it is merged with the command line."""
    omegaconf = module.OmegaConf
    container = sys.modules["omegaconf.basecontainer"].BaseContainer
    from_cli, load, merge_with = omegaconf.from_cli, omegaconf.load, container.merge_with
    command_lines: list[object] = []
    help_texts: dict[str, str] = {}

    def from_cli_noted(args_list: list[str] | None = None) -> object:
        config: object = from_cli(args_list)
        if args_list is None or list(args_list) == sys.argv[1:]:
            command_lines.append(config)
        return config

    def load_noted(file: object) -> object:
        config: object = load(file)
        if isinstance(file, (str, os.PathLike)):
            help_texts.update(comments.read_yaml_comments(file))
        return config

    def merge_with_reporting(self: object, *others: object) -> None:  # merge and unsafe_merge call it as well
        merge_with(self, *others)
        if any(other is config for other in others for config in command_lines):
            report(self)

    def merge_with_cli(self: object) -> None:
        merge_with(self, from_cli())
        report(self)

    def report(config: object) -> None:
        parameters = describe_config(config, help_texts)
        send_report.build_and_exit(lambda: {"parser": "omegaconf", "parameters": list(parameters)})

    omegaconf.from_cli, omegaconf.load = staticmethod(from_cli_noted), staticmethod(load_noted)
    container.merge_with, container.merge_with_cli = merge_with_reporting, merge_with_cli
