"""Makes the results in this folder by running the tools themselves: small, offline, on made-up data.

    python -m venv VENV && VENV/bin/pip install mlflow==3.17.2 scikit-learn==1.9.1 lm_eval==0.4.13 inspect_ai==0.3.285
    VENV/bin/python make.py

Runs differ in ids, times and durations; the figures do not. What is longer than a reader needs (the environment's packages) is cut
out, and so are paths and tracebacks. The models are lm-eval's `dummy` and Inspect's `mockllm/model`, so that the figures mean nothing. slices*.csv are written by hand; slices_tfma.csv names its slices as TensorFlow Model Analysis's
stringify_slice_key does.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", MLFLOW_TRACKING_URI="", INSPECT_DISPLAY="none", TOKENIZERS_PARALLELISM="false")


def write(name, value):
    (HERE / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def scikit_learn():
    from sklearn.metrics import classification_report

    truth = ["cat"] * 40 + ["dog"] * 35 + ["eel"] * 25
    guess = ["cat"] * 33 + ["dog"] * 7 + ["dog"] * 30 + ["eel"] * 5 + ["eel"] * 20 + ["cat"] * 5
    write("sklearn_report.json", classification_report(truth, guess, output_dict=True))
    write("sklearn_micro.json", classification_report(truth, guess, labels=["cat", "dog"], output_dict=True))
    write("sklearn_weighted.json", classification_report(truth, guess, sample_weight=[0.5 + (i % 3) / 8 for i in range(100)], output_dict=True))
    many = [[i % 2, i % 3 == 0, i % 5 == 0] for i in range(60)]
    said = [[i % 2, i % 3 == 1, i % 5 == 0] for i in range(60)]
    import numpy as np

    write("sklearn_multilabel.json", classification_report(np.array(many, int), np.array(said, int), target_names=["red", "green", "blue"], output_dict=True, zero_division=0))
    # A class named "accuracy": its row is overwritten, and what stands there is the accuracy.
    write("sklearn_class_accuracy.json", classification_report(["accuracy"] * 6 + ["speed"] * 4, ["accuracy"] * 5 + ["speed"] * 5, output_dict=True))
    # With micro avg beside it, what stands there is the class's precision.
    write("sklearn_class_accuracy_micro.json", classification_report(["accuracy"] * 6 + ["speed"] * 4 + ["x"], ["accuracy"] * 5 + ["speed"] * 5 + ["x"], labels=["accuracy", "speed"], output_dict=True))


def mlflow_runs():
    import mlflow

    with tempfile.TemporaryDirectory() as folder:
        uri = f"sqlite:///{folder}/mlflow.db"
        mlflow.set_tracking_uri(uri)
        experiment = mlflow.create_experiment("fixture", artifact_location=f"file://{folder}/artifacts")
        with mlflow.start_run(experiment_id=experiment, run_name="fixture") as run:
            mlflow.log_params({"depth": 3})
            for tag in ("mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.name"):
                mlflow.set_tag(tag, "cut")
            for step, value in enumerate([0.5, 0.25, 0.125]):
                mlflow.log_metric("val/loss", value, step=step)
            mlflow.log_metrics({"accuracy": 0.9, "roc_auc": 0.95, "broken": float("nan"), "worst": float("inf"), "rows": 69126})
        name = run.info.run_id
        client = mlflow.MlflowClient()
        write("mlflow_to_dictionary.json", client.get_run(name).to_dictionary())  # with NaN, which is no JSON
        write("mlflow_flat.json", {k: v for k, v in client.get_run(name).data.metrics.items() if k not in ("broken", "worst")})
        with mlflow.start_run(experiment_id=experiment, run_name="dead") as dead:
            for tag in ("mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.name"):
                mlflow.set_tag(tag, "cut")
            mlflow.log_metric("accuracy", 0.5)
        client.set_terminated(dead.info.run_id, status="FAILED")
        port = "5791"
        server = subprocess.Popen([sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri, "--port", port, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(120):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health").read()
                    break
                except OSError:
                    time.sleep(0.5)
            for out, path in {
                "mlflow_run.json": f"runs/get?run_id={name}",
                "mlflow_failed.json": f"runs/get?run_id={dead.info.run_id}",
                "mlflow_history.json": f"metrics/get-history?run_id={name}&metric_key=val/loss",
                "mlflow_history_page.json": f"metrics/get-history?run_id={name}&metric_key=val/loss&max_results=2",
            }.items():
                b = urllib.request.urlopen(f"http://127.0.0.1:{port}/api/2.0/mlflow/{path}").read().decode()
                (HERE / out).write_text(b.replace(folder, "/tmp/fixture").rstrip("\n") + "\n")
        finally:
            server.terminate()
            server.wait()
    for f in HERE.glob("mlflow_*.json"):
        f.write_text(slim_text(f.read_text(), folder))


def slim_text(text, folder):
    import getpass

    return text.replace(folder, "/tmp/fixture").replace(f'"{getpass.getuser()}"', '"someone"').replace(str(HERE), "testdata").replace(__file__, "make.py")


TASK = """
task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: {kind}
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
{rest}
"""


def lm_eval():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rows = [{"question": f"{i} + 1 =", "answer": str(i + 1), "choices": [str(i), str(i + 1)], "label": 1 - i % 2} for i in range(40)]
        (folder / "data.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
        choice = 'doc_to_choice: choices\nmetric_list: [{metric: acc, aggregation: mean, higher_is_better: true}, {metric: brier_score, aggregation: brier_score, higher_is_better: false}]'
        generate = """generation_kwargs: {until: ["."], max_gen_toks: 8}
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
filter_list:
  - {name: strict-match, filter: [{function: regex, regex_pattern: "([0-9]+)"}, {function: take_first}]}
  - {name: flexible-extract, filter: [{function: take_first}]}"""
        for name, kind, rest in [("sums_choice", "multiple_choice", choice), ("more_choice", "multiple_choice", choice), ("sums_written", "generate_until", generate)]:
            text = TASK.format(name=name, kind=kind, data=folder / "data.jsonl", rest=rest)
            if kind == "multiple_choice":
                text = text.replace('doc_to_target: "{{answer}}"', "doc_to_target: label")
            (folder / f"{name}.yaml").write_text(text)
        (folder / "group.yaml").write_text("group: sums\ntask: [sums_choice, more_choice]\naggregate_metric_list: [{metric: acc, weight_by_size: true}]\n")
        for out, extra in {"lm_eval.json": [], "lm_eval_limit.json": ["--limit", "5"]}.items():
            done = folder / out.removesuffix(".json")
            subprocess.run([sys.executable, "-m", "lm_eval", "--model", "dummy", "--tasks", "sums,sums_written", "--include_path", str(folder), "--output_path", str(done), "--seed", "1", *extra], check=True, cwd=folder, env=os.environ | {"HF_HOME": str(folder / "hf")})
            (found,) = done.rglob("results_*.json")
            text = found.read_text().replace(str(folder), "/tmp/fixture")
            slim = json.loads(text)
            slim["pretty_env_info"] = "cut"
            slim["git_hash"] = None
            slim["upper_git_hash"] = None
            write(out, slim)


def inspect():
    from inspect_ai import Task, eval, task
    from inspect_ai.dataset import Sample
    from inspect_ai.log import read_eval_log, write_eval_log
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import Score, Target, accuracy, grouped, includes, match, mean, metric, scorer, std, stderr

    @scorer(metrics={"tone": [mean(), stderr()], "length": [mean()]})
    def two():
        async def score(state, target: Target):
            return Score(value={"tone": 1.0, "length": float(len(state.output.completion))})

        return score

    @scorer(metrics=[grouped(accuracy(), "kind"), grouped(stderr(), "kind"), accuracy(), stderr()])
    def by_kind():
        async def score(state, target: Target):
            return Score(value="C" if target.text in state.output.completion else "I")

        return score

    @scorer(metrics=[accuracy(), stderr()])
    def half():
        async def score(state, target: Target):
            if state.sample_id % 2:
                return None
            return Score(value="C")

        return score

    @scorer(metrics=[accuracy(), stderr()])
    def breaks():
        async def score(state, target: Target):
            raise ValueError("made to fail")

        return score

    def frequency_scorer():
        from inspect_ai.scorer import frequency

        @scorer(metrics=[frequency(), accuracy()])
        def answers():
            async def score(state, target: Target):
                return Score(value="C" if state.sample_id % 3 else "I")

            return score

        return answers()

    samples = [Sample(id=i, input=f"{i} + 1", target=str(i + 1), metadata={"kind": "odd" if i % 2 else "even"}) for i in range(1, 13)]

    def output(i):
        o = ModelOutput.from_content("mockllm/model", str(i + 1 if i % 4 else 0))
        o.usage = ModelUsage(input_tokens=3, output_tokens=1, total_tokens=4)  # else it wants a tokenizer from elsewhere
        return o

    def outputs():
        return get_model("mockllm/model", custom_outputs=[output(i) for i in range(1, 13)] * 4)

    with tempfile.TemporaryDirectory() as folder:

        def run(name, formats, scorers, **more):
            t = Task(dataset=samples, scorer=scorers, name="sums")
            (log,) = eval(t, model=outputs(), log_dir=folder, display="none", max_samples=1, log_format="eval", **more)
            log = read_eval_log(log.location)
            log.eval.packages = {"inspect_ai": log.eval.packages["inspect_ai"]}
            log.eval.revision, log.eval.model_args = None, {}
            if log.error:
                log.error.traceback = log.error.traceback_ansi = "cut"
            for sample in log.samples or []:
                sample.events, sample.attachments = [], {}
                if sample.error:
                    sample.error.traceback = sample.error.traceback_ansi = "cut"
            for f in formats:
                out = HERE / f"{name}.{f}"
                write_eval_log(log, str(out), format=f)
                if f == "json":
                    head = json.loads(out.read_text())
                    for k in ("samples", "reductions"):
                        head.pop(k, None)
                    write(out.name, head)

        run("inspect", ["json", "eval"], [by_kind(), match(), two()], epochs=2)
        run("inspect_unscored", ["json"], [half()])
        run("inspect_limit", ["json"], [includes()], limit=4)
        run("inspect_failed", ["json", "eval"], [breaks()])
        run("inspect_tolerated", ["json"], [breaks()], fail_on_error=False)
        try:
            run("inspect_frequency", ["json"], [frequency_scorer()])
        except ImportError:
            print("no frequency()")


if __name__ == "__main__":
    which = sys.argv[1:] or ["scikit_learn", "mlflow_runs", "lm_eval", "inspect"]
    for name in which:
        globals()[name]()
