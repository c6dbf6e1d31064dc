"""Figures of float32 and float64 scores by NumPy and scikit-learn: float32.json. Run it with fixtures/requirements.txt installed."""

import json
from pathlib import Path

import numpy as np
import sklearn
import sklearn.metrics as sk

THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9]
# On and beside cuts that float32 rounds up (0.9, 0.7) and down (0.1, 0.3), and the ends, where log loss clips.
SCORES = [0.0, 0.1, 0.1, 0.3, 0.3, 0.5, 0.7, 0.7, 0.9, 0.9, 0.9, 1.0, 1.0, 0.25, 0.6, 1e-9, 1 - 2**-24, 0.55]
LABELS = [1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1]


def figures(kind):
    score, label = np.array(SCORES, dtype=kind), np.array(LABELS)
    at = {}
    for threshold in THRESHOLDS:
        tn, fp, fn, tp = (int(n) for n in sk.confusion_matrix(label, score >= threshold, labels=[0, 1]).ravel())
        at[str(threshold)] = {"tp": tp, "fp": fp, "tn": tn, "fn": fn}
    return {"scores": [float(s) for s in score], "counts": at,
            "metrics": {"roc_auc": float(sk.roc_auc_score(label, score)), "average_precision": float(sk.average_precision_score(label, score)),
                        "log_loss": float(sk.log_loss(label, score)), "brier_score": float(sk.brier_score_loss(label, score))}}


Path(__file__).with_suffix(".json").write_text(json.dumps({
    "made": {"numpy": np.__version__, "scikit-learn": sklearn.__version__}, "labels": LABELS,
    "float32": figures(np.float32), "float64": figures(np.float64)}, indent=1) + "\n")
