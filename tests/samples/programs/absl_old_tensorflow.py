# written for TensorFlow 1.x
import tensorflow as tf

flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_integer('max_steps', 1000000, """Number of batches to run.""")
flags.DEFINE_string('train_dir', '/tmp/cifar10_train', """Directory where to write event logs and checkpoint.""")
flags.DEFINE_boolean('log_device_placement', False, """Whether to log device placement.""")
tf.app.flags.DEFINE_float('decay', 0.9, 'Moving average decay.')


def main(argv=None):
    tf.gfile.MakeDirs(FLAGS.train_dir)


if __name__ == '__main__':
    tf.app.run()
