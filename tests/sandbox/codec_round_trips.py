"""Run by `test_grading_science_codec` with the Python of a kernel environment, which has numpy and pandas."""

# ruff: noqa: F401
from __future__ import annotations

import random
import sys
from contextlib import suppress

sys.path.insert(0, sys.argv[1])

import numpy as np
import pandas as pd

from panlearn_sandbox import codec_arrays, codec_frames, codec_instances, codec_remote, codec_standard
from panlearn_sandbox.codec import CodecError, decode, encode

values = [
    np.float64(3),
    np.float32(1.5),
    np.int8(-2),
    np.uint64(2**63),
    np.bool_(True),
    np.str_("hi"),
    np.bytes_(b"x"),
    np.complex64(1j),
    np.datetime64("2020-01-01"),
    np.timedelta64(3, "s"),
    np.longdouble(1),
    np.dtype("f4"),
    np.dtype([("a", "i4")]),
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.arange(10)[::2],
    np.array(3.0),
    np.array(["a", "bc"]),
    np.array(""),
    np.array([b"a"]),
    np.array([True, False]),
    np.array([1, "a", None], dtype=object),
    np.array([[1, [2]], ["x", (3,)]], dtype=object),
    np.zeros((0, 3)),
    np.array([1 + 2j]),
    np.array([1, 2], dtype=">i4"),
    np.array(["2020-01-01"], dtype="M8[D]"),
    np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8", (2,))]),
    np.ma.array([1, 2], mask=[0, 1]),
    np.ma.masked,
    pd.DataFrame(
        {
            "a": [1, 2],
            "b": ["x", None],
            "c": pd.Categorical(["u", "v"]),
            "d": pd.to_datetime(["2020-01-01", "2020-01-02"]),
            "e": pd.array([1, None], dtype="Int64"),
            "f": pd.date_range("2020", periods=2, tz="Europe/Berlin"),
            "o": [[1], 2],
        }
    ),
    pd.DataFrame(),
    pd.DataFrame([[1, 2]], columns=["a", "a"]),
    pd.DataFrame({"a": [1.5]}, index=["r"]),
    pd.DataFrame({"x": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["n", "m"])),
    pd.Series([1.0, 2.0], name="q"),
    pd.Series([True, None], dtype="boolean"),
    pd.Series(["a", "b"]),
    pd.Series([], dtype=float),
    pd.Index([1, 2], name="i"),
    pd.RangeIndex(3),
    pd.date_range("2020", periods=3),
    pd.CategoricalIndex(["a", "b"]),
    pd.to_timedelta(["1s", "2s"]),
    pd.Timestamp("2020-01-01 01:00", tz="UTC"),
    pd.Timestamp(0),
    pd.Timedelta("1s"),
    pd.NaT,
    pd.NA,
]
for value in values:
    found = decode(encode(value))
    assert type(found) is type(value), (value, found)
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(value, found)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(value, found)
    elif isinstance(value, pd.Index):
        pd.testing.assert_index_equal(value, found)
    elif isinstance(value, np.ndarray):
        np.testing.assert_array_equal(value, found)
        assert found.dtype == value.dtype or value.dtype.itemsize == 0
        assert found.shape == value.shape
        assert found.flags.writeable or value is np.ma.masked
    else:
        assert repr(value) == repr(found), (value, found)

for sly in (
    type("A", (np.ndarray,), {})((2,)),
    type("F", (np.float64,), {})(1),
    type("D", (pd.DataFrame,), {})({"a": [1]}),
    np.matrix([[1]]),
    type("M", (np.ma.MaskedArray,), {})([1]),
):
    try:
        encode(sly)
    except CodecError:
        continue
    raise AssertionError(f"{type(sly)} crossed")

for lie in (
    b"a" + encode("|O8") + encode((1,)) + encode(b"12345678"),
    b"a" + encode("<f8") + encode((2**39, 2**39)) + encode(b""),
    b"a" + encode("<U1") + encode((1,)) + encode(b"\xff\xff\xff\x7f"),
    b"a" + encode("V8") + encode((1,)) + encode(b"12345678"),
    b"a" + encode("<f8") + encode((1,) * 40) + encode(b"12345678"),
    b"a" + encode("<U0") + encode((9,)) + encode(b""),
):
    try:
        found = decode(lie)
    except CodecError:
        continue
    raise AssertionError(f"{lie} gave {found!r}")

rng = random.Random(7)
encoded = [encode(value) for value in values]
for _ in range(20000):
    data = bytearray(rng.choice(encoded))
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    with suppress(CodecError):
        decode(bytes(data))
print("all crossed")
