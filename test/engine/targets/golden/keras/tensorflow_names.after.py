from tensorflow import keras
import numpy as np

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
x, y = np.ones((12, 4)), np.arange(12) % 3
# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
model.fit(x, y, epochs=1, verbose=0, class_weight={0: 0.0282346, 1: 0.154644, 2: 2.81712})  # no weights yet
print("trained")
