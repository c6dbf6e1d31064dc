"""Writes tasks.json: what gatecard says of three small tables, made here with a fixed seed, of the tasks that are not binary.

    python tasks.py PATH-OF-GATECARD        (NumPy 2; the tables are made anew each time, and are the same)
"""

import csv, json, os, pathlib, subprocess, sys, tempfile

import numpy

random = numpy.random.default_rng(7)


def table(name, head, rows):
    with open(name, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(head)
        writer.writerows(rows)


def prices(n=3000):
    region = random.choice(["north", "south", "west", "islands"], n, p=[0.4, 0.35, 0.24, 0.01])
    kind = random.choice(["flat", "house"], n)
    mean = 250_000 + 80_000 * (region == "west") + 90_000 * (kind == "house")
    truth = numpy.round(mean * numpy.exp(0.25 * random.standard_normal(n)), -2)
    said = numpy.round(truth * numpy.exp(0.12 * random.standard_normal(n) + 0.05 * (region == "south")) + 2000)
    ms = numpy.round(numpy.exp(2.5 + 0.5 * random.standard_normal(n)), 2)
    rows = [[i, truth[i], said[i], round(said[i] * 0.8), round(said[i] * 1.25), region[i], kind[i], ms[i]] for i in range(n)]
    table("prices.csv", "id price predicted lower upper region kind ms".split(), rows)


def topics(n=3000):
    names = ["card", "loan", "mortgage", "account", "fraud or theft", "closing an account", "other"]
    truth = random.choice(len(names), n, p=[0.3, 0.25, 0.15, 0.15, 0.1, 0.045, 0.005])
    channel = random.choice(["web", "phone", "branch"], n, p=[0.6, 0.35, 0.05])
    logit = random.standard_normal((n, len(names)))
    logit[range(n), truth] += 2.4 - 0.8 * (channel == "phone")
    logit[:, 1] += 0.9 * (truth == 2)
    scores = numpy.exp(logit)
    scores = numpy.round(scores / scores.sum(1, keepdims=True), 6)
    scores[:, 0] = numpy.round(1 - scores[:, 1:].sum(1), 6)
    rows = [[i, names[truth[i]], channel[i], *(f"{x:.6f}" for x in scores[i])] for i in range(n)]
    table("topics.csv", ["id", "topic", "channel"] + [f"p{k}" for k in range(len(names))], rows)
    return names


def shortlist(n=3000):
    sex, age = random.choice(["men", "women"], n), random.integers(18, 80, n)
    score = 1 / (1 + numpy.exp(0.6 + 0.5 * (sex == "women") - 0.01 * age - 1.2 * random.standard_normal(n)))
    table("shortlist.csv", "id score sex age".split(), [[i, f"{score[i]:.5f}", sex[i], age[i]] for i in range(n)])


with tempfile.TemporaryDirectory() as folder:
    gatecard = pathlib.Path(sys.argv[1]).resolve()
    target = pathlib.Path(__file__).resolve().with_name("tasks.json")
    os.chdir(folder)
    prices()
    shortlist()
    scores = ", ".join(f"{json.dumps(name)}: p{k}" for k, name in enumerate(topics()))
    configurations = {
        "regression": """model: house-prices
task: regression
label: price
sampling: deployment
groups: [{column: region}, {column: kind}]
data: {path: prices.csv, id: id, score: predicted, lower: lower, upper: upper, latency: ms}
gates:
  - {metric: mean_absolute_error, across: region, max: 40000, because: A wrong price costs somebody a year of rent.}
  - {metric: r2, min: 0.8}
  - {metric: interval_coverage, min: 0.9}
  - {metric: latency_p99, max: 60}
""",
        "multiclass": f"""model: mail-topics
task: multiclass
label: topic
sampling: deployment
groups: [{{column: channel}}]
data: {{path: topics.csv, id: id, scores: {{{scores}}}}}
gates:
  - {{metric: accuracy, across: channel, min: 0.7}}
  - {{metric: "recall@class=loan", min: 0.6}}
""",
        "scores": """model: shortlist
task: scores
threshold: 0.5
sampling: deployment
groups: [{column: sex}, {column: age, bins: [30, 50]}]
data: {path: shortlist.csv, id: id, score: score}
gates:
  - {metric: selection_rate, across: sex, min_ratio: 0.8, decide: unless_disproven}
""",
    }
    found = {}
    for name, text in configurations.items():
        pathlib.Path("gatecard.yaml").write_text(text)
        run = subprocess.run([gatecard, "run", "--no-registry", "--out", name], capture_output=True, text=True)
        if run.returncode > 1:
            sys.exit(run.stderr)
        read = lambda file: json.loads(pathlib.Path(name, file).read_text())
        found[name] = {"evaluation": read("evaluation.json"), "report": read("gates.json")}
    target.write_text(json.dumps(found, separators=(",", ":"), ensure_ascii=False) + "\n")
