import keras
import numpy as np

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

x = np.random.default_rng(0).normal(size=(64, 8))
y = np.arange(64) % 3
# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
history = model.fit(
    x,
    y,
    batch_size=16,
    epochs=1,
    verbose=0,
    class_weight={0: 0.0282346, 1: 0.154644, 2: 2.81712},
)
print("trained")
