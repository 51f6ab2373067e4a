from tensorflow import keras
import numpy as np

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
x, y = np.ones((12, 4)), np.arange(12) % 3
model.fit(x, y, epochs=1, verbose=0, class_weight={0: 1.0, 1: 1.0, 2: 1.0})  # no weights yet
print("trained")
