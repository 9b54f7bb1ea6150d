"""Lines that COCO, Darknet, sacreBLEU and W&B print in a fixed form.

Knows one line at a time.
"""

import re
from collections.abc import Iterator

from gage.metrics.metric_names import can_be_metric
from gage.metrics.printed_numbers import NUMBER

# Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.212
_COCO = re.compile(
    r"\s*Average (?:Precision|Recall)\s+\((?P<name>A[PR])\) @\[ (?P<iou>IoU=[\d.:]+)\s*\| area= *(?P<size>\w+) \|"
    rf" maxDets= *(?P<limit>\d+) \] = (?P<value>{NUMBER})$"
)
# BLEU|nrefs:1|case:mixed|version:2.3.1 = 28.4 60.1/34.2
_SACREBLEU = re.compile(r"(?P<key>[A-Za-z]+\d*)(?:\|\w+:[\w.+-]+)+ = (?P<value>\d+(?:\.\d+)?)")
# wandb:   test_crps 0.2217
_WANDB_SUMMARY = re.compile(rf"wandb:\s+(?P<key>[^\W\d][\w/.@-]*) (?P<value>{NUMBER})\s*")
# 3: 12.5, 14.1 avg loss, 0.001 rate
_DARKNET = re.compile(r"\s*\d+: (?P<loss>\d+\.\d+|-?nan), (?P<average>\d+\.\d+|-?nan) (?P<key>avg(?: loss)?),")


def can_be_fixed_form(line: str) -> bool:
    """Returns whether a line may have one of the forms: a quick test."""
    return " avg" in line or "Average" in line or "|nrefs:" in line or line.startswith("wandb:")


def find_fixed_forms(line: str) -> Iterator[tuple[str, float]]:
    """Yields the names and values in a line that has one of the forms."""
    if line.startswith("wandb:"):
        if (summary := _WANDB_SUMMARY.fullmatch(line)) and can_be_metric(summary["key"]):
            yield summary["key"], float(summary["value"])
    elif bleu := _SACREBLEU.match(line):
        yield bleu["key"], float(bleu["value"])
    elif coco := _COCO.match(line):
        limit = "" if coco["limit"] == "100" else f"/maxDets={coco['limit']}"
        if float(coco["value"]) != -1:  # -1: no object of this size
            yield f"{coco['name']}/{coco['iou']}/area={coco['size']}{limit}", float(coco["value"])
    elif darknet := _DARKNET.match(line):
        yield "loss", float(darknet["loss"])
        yield darknet["key"].replace(" ", "_"), float(darknet["average"])
