import keras
from equipoise_recorder import Recorder
from sampler import ClassBalancedSampler, SampledBatches

model = keras.Sequential([keras.layers.Dense(10)])
recorder = Recorder(keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.compile("sgd", loss=recorder.loss)
batches = SampledBatches(x, y, ClassBalancedSampler(y), batch_size=64)
model.fit(batches, epochs=90, callbacks=[batches.by_epoch(), recorder])
