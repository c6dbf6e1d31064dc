"""losses.json: scikit-learn's log_loss and brier_score_loss of float64 and float32 scores, 0 and 1 among them, and average precision.

python losses.py (scikit-learn 1.9.1, numpy 2.4.6)
"""

import json
import pathlib

import numpy as np
import sklearn
import sklearn.metrics as sk

rng = np.random.default_rng(7)
out = {"made": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, "sets": []}
for dtype in (np.float64, np.float32):
    for n in (10, 1000):
        label = rng.integers(0, 2, n)
        score = np.clip(rng.beta(0.4, 0.4, n) * 1.02 - 0.01, 0, 1).astype(dtype)
        score[:4], label[:4] = [0, 0, 1, 1], [0, 1, 0, 1]
        score[4:6] = np.array([1e-30, 1 - 6e-8], dtype)
        out["sets"].append({
            "type": np.dtype(dtype).name, "eps": float(np.finfo(dtype).eps), "score": [float(s) for s in score], "label": label.tolist(),
            "log_loss": float(sk.log_loss(label, score)), "brier_score": float(sk.brier_score_loss(label, score)),
            "average_precision": float(sk.average_precision_score(label, score)), "roc_auc": float(sk.roc_auc_score(label, score)),
        })
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
