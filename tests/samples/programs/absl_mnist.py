"""Haiku-style MNIST."""
from typing import Sequence

from absl import app
from absl import flags
from absl import logging

FLAGS = flags.FLAGS

_LR = flags.DEFINE_float("learning_rate", 1e-3, "Learning rate of Adam.", lower_bound=0.0)
flags.DEFINE_integer("num_steps", 10_000, "Number of steps.")
flags.DEFINE_string("model_dir", None, "Where to put checkpoints.", required=True)
flags.DEFINE_bool("use_bias", True, "Whether layers have a bias.")
flags.DEFINE_enum("optimizer", "adam", ["adam", "sgd", "lamb"], "Which optimizer.")
flags.DEFINE_list("layers", ["300", "100"], "Sizes of hidden layers.")
flags.DEFINE_multi_integer("eval_at", [100, 1000], "Steps at which to evaluate.")
flags.DEFINE_string("tag", "", "A tag "
                    "for the run.", short_name="t")


def main(argv: Sequence[str]) -> None:
    del argv
    logging.info("training with %s", _LR.value)


if __name__ == "__main__":
    app.run(main)
