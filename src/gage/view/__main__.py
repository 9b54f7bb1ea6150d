"""Prints the OpenAPI document of the API, from which the types of the page are made."""

import json
import sys

from gage.view.openapi import build_document

json.dump(build_document(), sys.stdout, indent=1)
