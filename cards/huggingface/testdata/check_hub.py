"""Loads a README.md with the real huggingface_hub, and checks that every figure comes back under its own group.

    python check_hub.py README.md

Exits 0 if the front matter loads, its results survive a round trip through the library's own types, and each (group, metric, cut) still has its
value; 1 with a line a difference otherwise. Nothing is sent anywhere.
"""

import sys

import yaml
from huggingface_hub import ModelCard
from huggingface_hub.repocard_data import eval_results_to_model_index


def from_file(path):
    """(group of dataset.config, metric type, cut) -> value, read from the YAML itself."""
    text = open(path, encoding="utf-8").read()
    front = yaml.safe_load(text.split("---\n", 2)[1])
    figures = {}
    for model in front.get("model-index", []):
        for result in model["results"]:
            for metric in result["metrics"]:
                key = (result["dataset"]["config"], metric["type"], str(metric.get("args", {}).get("threshold", "")))
                if key in figures:
                    sys.exit(f"twice in the file: {key}")
                figures[key] = metric["value"]
    return front, figures


def group_of(args):
    """A metric's own args name its group; it must be the one that its dataset's config names."""
    args = {k: v for k, v in (args or {}).items() if k != "threshold"}
    return ", ".join(f"{k} = {v}" for k, v in sorted(args.items())) or "overall"


def from_results(results):
    figures, wrong = {}, []
    for r in results:
        key = (r.dataset_config, r.metric_type, str((r.metric_args or {}).get("threshold", "")))
        if key in figures:
            wrong.append(f"twice after loading: {key}")
        if group_of(r.metric_args) != r.dataset_config:
            wrong.append(f"{r.metric_name}: args say {group_of(r.metric_args)!r}, the dataset {r.dataset_config!r}")
        figures[key] = r.metric_value
    return figures, wrong


def compare(what, want, got):
    wrong = [f"{what}: {k} is missing" for k in want if k not in got]
    wrong += [f"{what}: {k} came from nowhere" for k in got if k not in want]
    return wrong + [f"{what}: {k} is {got[k]}, not {want[k]}" for k in want if k in got and got[k] != want[k]]


def main(path):
    front, want = from_file(path)
    card = ModelCard.load(path)
    wrong = []
    if want:
        loaded, wrong = from_results(card.data.eval_results)
        wrong += compare("loaded", want, loaded)
        # out through the library's own regrouping, and in again
        index = eval_results_to_model_index(card.data.model_name, card.data.eval_results)
        again = ModelCard("---\n" + yaml.safe_dump({"model-index": index}, allow_unicode=True) + "---\n")
        regrouped, more = from_results(again.data.eval_results)
        wrong += more + compare("regrouped", want, regrouped)
        saved = ModelCard(str(card))
        resaved, more = from_results(saved.data.eval_results)
        wrong += more + compare("saved", want, resaved)
    for key in ("license", "license_name", "library_name", "pipeline_tag", "tags", "datasets", "metrics"):
        if key in front and getattr(card.data, key, card.data.get(key)) != front[key]:
            wrong.append(f"{key} is {card.data.get(key)!r}, not {front[key]!r}")
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    print(f"{len(want)} figures, all under their own group")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
