"""Train with absl."""
import enum
import json
from absl import app
from absl import flags
from absl import logging


class Mode(enum.Enum):
    TRAIN = 1
    EVAL = 2


FLAGS = flags.FLAGS

_LR = flags.DEFINE_float('lr', 1e-3, 'Learning rate.', lower_bound=0.0, short_name='l')
flags.DEFINE_multi_string('tag', [], 'Tags.')
flags.DEFINE_multi_enum('aug', ['flip'], ['flip', 'crop', 'color'], 'Augmentations.')
flags.DEFINE_enum_class('mode', Mode.TRAIN, Mode, 'What to do.')
flags.DEFINE_spaceseplist('sizes', '1 2', 'Sizes.')
flags.DEFINE_bool('use_gpu', False, 'Use it.')
flags.DEFINE_string('workdir', None, 'Directory to store model data.')
flags.DEFINE_alias('wd', 'workdir')
flags.DEFINE_multi_float('rates', None, 'rates')
flags.mark_flags_as_required(['workdir'])


def main(argv):
    if len(argv) > 1:
        raise app.UsageError('Too many command-line arguments.')
    d = {n: FLAGS[n].value for n in ('lr', 'tag', 'aug', 'sizes', 'use_gpu', 'workdir', 'rates')}
    d['mode'] = FLAGS.mode.name
    print("JSON:" + json.dumps(d, sort_keys=True))


if __name__ == '__main__':
    app.run(main)
