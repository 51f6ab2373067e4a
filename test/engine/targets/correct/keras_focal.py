import keras

model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
model.compile(
    optimizer="adam",
    loss=keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.75, gamma=2.0),
)
model.fit(x, y, epochs=3, class_weight={0: 0.3, 1: 4.0})
