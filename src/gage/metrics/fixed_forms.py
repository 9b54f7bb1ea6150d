"""Lines whose names a person knows by the tool that prints them: of COCO and of Darknet."""

import re
from collections.abc import Iterator

from gage.metrics.printed_numbers import NUMBER

# Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.212
_COCO = re.compile(
    r"\s*Average (?:Precision|Recall)\s+\((?P<name>A[PR])\) @\[ (?P<iou>IoU=[\d.:]+)\s*\| area= *(?P<size>\w+) \|"
    rf" maxDets= *(?P<limit>\d+) \] = (?P<value>{NUMBER})$"
)
# 3: 12.5, 14.1 avg loss, 0.001 rate
_DARKNET = re.compile(r"\s*\d+: (?P<loss>\d+\.\d+|-?nan), (?P<average>\d+\.\d+|-?nan) (?P<key>avg(?: loss)?),")


def find_fixed_forms(line: str) -> Iterator[tuple[str, float]]:
    """Yields the values of lines whose names a person knows by the tool: of COCO and of Darknet."""
    if coco := _COCO.match(line):
        limit = "" if coco["limit"] == "100" else f"/maxDets={coco['limit']}"
        if float(coco["value"]) != -1:  # there are no such objects
            yield f"{coco['name']}/{coco['iou']}/area={coco['size']}{limit}", float(coco["value"])
    elif darknet := _DARKNET.match(line):
        yield "loss", float(darknet["loss"])
        yield darknet["key"].replace(" ", "_"), float(darknet["average"])
