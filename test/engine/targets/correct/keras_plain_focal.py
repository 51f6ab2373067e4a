import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(3)])
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryFocalCrossentropy(gamma=2.0))
model.fit(dataset, epochs=3)
