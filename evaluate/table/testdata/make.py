"""Parquet files by pyarrow in every codec, encoding and page version that it writes, and expected.json with their cells.

python make.py  (pyarrow 26.0.1). The same rows stand in rows.csv. expected.json: the cells of
rows.csv, which all files but types.parquet and decimals-*.parquet have as well, as table.Value gives them.
"""

import decimal
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
N = 300


def rows():
    cells = {"id": [], "score": [], "label": [], "group": [], "flag": [], "single": []}
    for i in range(N):
        cells["id"].append(9007199254740993 + i * 7)
        cells["score"].append(None if i % 97 == 5 else (i * 37 % 101) / 101)
        cells["label"].append(i % 3 == 0)
        cells["group"].append(None if i % 50 == 7 else ["north", "süd", "a, \"b\"", "line\nbreak"][i % 4])
        cells["flag"].append(None if i % 11 == 3 else i % 2 == 0)
        cells["single"].append((i * 13 % 29) / 8)
    return cells


def shortest(x):
    return str(int(x)) if x == int(x) else repr(x)


def text(name, x):
    if x is None:
        return None
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, float):
        return shortest(x)
    return str(x)


def text_of_decimal(x):
    s = f"{x:f}"
    return s.rstrip("0").rstrip(".") if "." in s else s


def main():
    cells = rows()
    types = {"id": pa.int64(), "score": pa.float64(), "label": pa.int32(), "group": pa.string(), "flag": pa.bool_(), "single": pa.float32()}
    columns = {k: ([int(x) for x in v] if k == "label" else v) for k, v in cells.items()}
    table = pa.table({k: pa.array(v, types[k]) for k, v in columns.items()})
    want = {k: [text(k, x) for x in v] for k, v in columns.items()}
    expected = {"rows.csv": want}
    variants = {f"codec-{c}": dict(compression=c) for c in ("none", "snappy", "gzip", "zstd", "brotli", "lz4")}
    variants |= {
        "pages-v2": dict(data_page_version="2.0", compression="snappy"),
        "pages-v2-plain": dict(data_page_version="2.0", compression="none", use_dictionary=False),
        "pages-small": dict(data_page_size=256, write_batch_size=16, use_dictionary=False, compression="zstd"),
        "groups": dict(row_group_size=77),
        "checksums": dict(write_page_checksum=True, compression="gzip"),
        "index": dict(write_page_index=True),
        "delta": dict(use_dictionary=False, compression="none", column_encoding={"id": "DELTA_BINARY_PACKED", "label": "DELTA_BINARY_PACKED", "group": "DELTA_BYTE_ARRAY", "score": "BYTE_STREAM_SPLIT", "single": "BYTE_STREAM_SPLIT", "flag": "RLE"}, data_page_version="2.0"),
        "delta-length": dict(use_dictionary=False, compression="zstd", column_encoding={"group": "DELTA_LENGTH_BYTE_ARRAY", "id": "PLAIN", "label": "PLAIN", "score": "PLAIN", "single": "PLAIN", "flag": "PLAIN"}),
        "version-1": dict(version="1.0"),
        "fallback": dict(dictionary_pagesize_limit=64, write_batch_size=16, data_page_size=128, compression="zstd"),
    }
    for name, how in variants.items():
        pq.write_table(table, HERE / f"{name}.parquet", **how)
    required = pa.schema([pa.field(k, types[k], nullable=False) for k in ("id", "label", "single")])
    pq.write_table(table.select(["id", "label", "single"]).cast(required), HERE / "required.parquet")

    odd = pa.table({
        "decimal": pa.array([decimal.Decimal(s) for s in ("1.50", "-0.07", "120.00")], pa.decimal128(9, 2)),
        "wide": pa.array([decimal.Decimal(s) for s in ("-12345678901234567890.123", "0.001", "7.000")], pa.decimal128(38, 3)),
        "half": pa.array([0.5, -2.0, 65504.0], pa.float16()),
        "uint64": pa.array([0, 2**63, 2**64 - 1], pa.uint64()),
        "uint32": pa.array([0, 2**31, 2**32 - 1], pa.uint32()),
        "int8": pa.array([-128, 0, 127], pa.int8()),
        "dictionary": pa.array(["x", None, "x"]).dictionary_encode(),
        "large": pa.array(["x", "", "z"], pa.large_string()),
        "binary": pa.array([b"x", b"y", b"z"], pa.binary()),
        "null": pa.array([None, None, None], pa.null()),
        "floats": pa.array([float("nan"), float("inf"), -0.0], pa.float64()),
        "day": pa.array([0, 1, 2], pa.date32()),
        "time": pa.array([0, 1, 2], pa.timestamp("us")),
        "list": pa.array([[1], [2, 3], []], pa.list_(pa.int64())),
        "struct": pa.array([{"a": 1, "b": 2}] * 3),
        "fixed": pa.array([b"abc"] * 3, pa.binary(3)),
    })
    pq.write_table(odd, HERE / "types.parquet")
    expected["types.parquet"] = {
        "decimal": ["1.5", "-0.07", "120"], "wide": ["-12345678901234567890.123", "0.001", "7"], "half": ["0.5", "-2", "65504"],
        "uint64": ["0", str(2**63), str(2**64 - 1)], "uint32": ["0", str(2**31), str(2**32 - 1)], "int8": ["-128", "0", "127"],
        "dictionary": ["x", None, "x"], "large": ["x", "", "z"], "binary": ["x", "y", "z"], "null": [None] * 3, "floats": [None, "+Inf", "0"],
    }
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), HERE / "empty.parquet")

    # Decimals and small numbers in each width and encoding that they are stored in.
    unscaled = [None if i % 13 == 4 else (-1) ** i * (i * 7919 % 999983) for i in range(60)]
    numbers = {
        "decimal5": (pa.decimal128(7, 2), 2), "decimal9": (pa.decimal128(18, 5), 5), "decimal18": (pa.decimal128(30, 10), 10),
        "decimal70": (pa.decimal256(70, 3), 3), "int16": (pa.int16(), None), "uint8": (pa.uint8(), None), "half": (pa.float16(), None),
    }
    arrays, cells = {}, {}
    for name, (kind, scale) in numbers.items():
        if scale is None:
            xs = [None if u is None else abs(u) % 200 for u in unscaled]
            arrays[name], cells[name] = pa.array(xs, kind), [None if x is None else str(x) for x in xs]
        else:
            large = {} if name == "decimal5" else {7: 987654321987654321, 8: -900719925474099301}  # beyond what a float64 holds
            xs = [None if u is None else decimal.Decimal(large.get(i, u)).scaleb(-scale) for i, u in enumerate(unscaled)]
            arrays[name], cells[name] = pa.array(xs, kind), [None if x is None else text_of_decimal(x) for x in xs]
    table = pa.table(arrays)
    wide = ["decimal5", "decimal9", "decimal18", "decimal70", "half"]
    for name, how in {
        "decimals-dictionary": dict(),
        "decimals-plain": dict(use_dictionary=False, compression="zstd"),
        "decimals-integers": dict(use_dictionary=False, store_decimal_as_integer=True),
        "decimals-deltas": dict(use_dictionary=False, column_encoding={c: "DELTA_BYTE_ARRAY" for c in wide}),
        "decimals-split": dict(use_dictionary=False, column_encoding={c: "BYTE_STREAM_SPLIT" for c in (*numbers,)}),
    }.items():
        pq.write_table(table, HERE / f"{name}.parquet", **how)
        expected[f"{name}.parquet"] = cells

    def quoted(s):
        return '"' + s.replace('"', '""') + '"' if any(c in s for c in ',"\n') else s

    with open(HERE / "rows.csv", "w", newline="", encoding="utf-8") as f:
        f.write(",".join(want) + "\r\n")
        for i in range(N):
            f.write(",".join("" if want[k][i] is None else quoted(want[k][i]) for k in want) + "\r\n")
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
