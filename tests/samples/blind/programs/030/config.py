"""All knobs live here."""
import logging

GAMMA = 0.97
LAMBDA = 0.9
EPISODES = 40
ENV_ID = "Corridor-v0"
RENDER = False
EVAL_SEEDS = (1, 2, 3)

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("app")
