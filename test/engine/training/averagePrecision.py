"""Prints what scikit-learn measures of a run folder's truth.npy and logits.npy."""
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

folder = Path(sys.argv[1])
truth = np.load(folder / "truth.npy")
logits = np.load(folder / "logits.npy").astype(np.float64)[:, : truth.shape[1]]
scores = {average: average_precision_score(truth, logits, average=average) for average in ("macro", "weighted")}
classes = average_precision_score(truth, logits, average=None)
print(json.dumps({"classes": classes.tolist(), **scores}))
