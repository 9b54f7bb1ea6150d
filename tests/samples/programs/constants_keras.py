import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

batch_size = 128
num_classes = 10
epochs: int = 12
learning_rate = 1e-3  # Adam
input_shape = (28, 28, 1)
checkpoint = None

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.astype("float32") / 255

model = keras.Sequential([layers.Flatten(), layers.Dense(num_classes, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(learning_rate))
model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs)
