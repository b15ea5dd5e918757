"""The value codec: what goes in comes out, nothing else does, and no bytes break it."""

from __future__ import annotations

import datetime  # noqa: ICN001 - as the codec names its types
import math
from collections import Counter, OrderedDict, deque, namedtuple
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panlearn_sandbox import codec, codec_arrays, codec_instances, codec_remote, codec_standard
from panlearn_sandbox.codec import CodecError, Decoder, Encoder, decode, encode

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**4000), max_value=2**4000),
    st.floats(allow_nan=False),
    st.complex_numbers(allow_nan=False),
    st.text(alphabet=st.characters()),
    st.binary(),
    st.fractions(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(datetime.UTC)),
    st.times(),
    st.timedeltas(),
    st.just(...),
)
hashable = st.one_of(scalars, st.tuples(scalars, scalars), st.frozensets(scalars, max_size=3))
values = st.recursive(
    hashable,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(hashable, inner, max_size=4),
        st.sets(hashable, max_size=4),
        st.lists(inner, max_size=4).map(deque),
    ),
    max_leaves=20,
)


@given(values)
def test_a_value_comes_out_as_it_went_in(value):
    found = decode(encode(value))

    assert type(found) is type(value)
    assert found == value


@given(st.binary(max_size=400))
@settings(max_examples=1000)
def test_no_bytes_do_anything_but_give_a_value_or_a_codec_error(data):
    with suppress(CodecError):
        decode(data)


@given(values, st.integers(min_value=0), st.integers(min_value=0, max_value=255))
@settings(max_examples=500)
def test_a_damaged_value_is_a_value_or_a_codec_error(value, place, byte):
    data = bytearray(encode(value))
    data[place % len(data)] = byte
    with suppress(CodecError):
        decode(bytes(data))


@given(values, st.integers(min_value=0))
def test_a_value_cut_short_is_refused(value, length):
    data = encode(value)

    with pytest.raises(CodecError):
        decode(data[: length % len(data)])


def test_nan_and_signed_zero_cross():
    assert math.isnan(decode(encode(math.nan)))
    assert math.copysign(1, decode(encode(-0.0))) == -1


@pytest.mark.parametrize("kind", [int, float, str, list, dict, tuple, set, bytes])
def test_a_subclass_of_a_plain_type_does_not_cross(kind):
    with pytest.raises(CodecError, match="Sly"):
        encode(type("Sly", (kind,), {})())


def test_containers_of_collections_cross_as_themselves():
    for value in (
        Counter("aab"),
        OrderedDict(b=1, a=2),
        deque([1, 2]),
        range(3, 9, 2),
        slice(1, None, 2),
        int,
        Fraction(1, 3),
    ):
        found = decode(encode(value))
        assert type(found) is type(value)
        assert found == value
    assert decode(encode(Decimal("1.20"))).as_tuple() == Decimal("1.20").as_tuple()


def test_a_named_tuple_crosses_as_the_readers_own_type_of_that_name():
    point = namedtuple("point", "x y")  # noqa: PYI024

    found = decode(encode(point(1, 2)))

    assert (found.x, found.y) == (1, 2)
    assert type(found).__name__ == "point"
    assert codec_standard.named_tuples["point", ("x", "y")] is type(found)


def test_a_named_tuple_with_fields_that_are_no_names_is_refused():
    encoder = Encoder()
    encoder.out += b"k"
    for part in ("x", ("__import__('os')",), (1,)):
        encoder.write(part)

    with pytest.raises(CodecError):
        decode(bytes(encoder.out))


@pytest.mark.parametrize(
    "error", [ValueError("text", 3), KeyError("k"), ZeroDivisionError(), UnicodeDecodeError("a", b"b", 0, 1, "c")]
)
def test_an_exception_crosses_with_its_class_and_arguments(error):
    found = decode(encode(error))

    assert type(found) is type(error)
    assert found.args == error.args


def test_an_exception_of_an_unknown_class_becomes_its_nearest_known_one():
    class BadAngle(ValueError):
        pass

    error = BadAngle("too steep")
    error.angle = 91.0

    found = decode(encode(error))

    assert type(found) is ValueError
    assert found.angle == 91.0


@pytest.mark.parametrize(
    "name", ["builtins.SystemExit", "builtins.KeyboardInterrupt", "builtins.BaseException", "os.system", "no.such"]
)
def test_an_exception_that_would_end_the_checker_does_not_cross_as_that(name):
    encoder = Encoder()
    encoder.out += b"X"
    for part in ([name], (1,), {}):
        encoder.write(part)

    assert type(decode(bytes(encoder.out))) is codec_instances.LearnerError


def test_an_instance_of_a_class_that_the_set_up_does_not_define_is_refused():
    encoder = Encoder()
    encoder.out += b"O"
    encoder.write("Popen")
    encoder.write({"args": "ls"})

    with pytest.raises(CodecError, match="does not define"):
        decode(bytes(encoder.out))


def test_a_value_that_holds_itself_is_refused():
    value: list = []
    value.append(value)

    with pytest.raises(CodecError, match="holds itself"):
        encode(value)


def test_limits_hold_for_the_writer(monkeypatch):
    monkeypatch.setattr(codec, "MAX_ITEMS", 1000)
    monkeypatch.setattr(codec, "MAX_BYTES", 100_000)

    with pytest.raises(CodecError, match="items"):
        encode(list(range(2000)))
    with pytest.raises(CodecError, match="MB"):
        encode(b"x" * 200_000)
    with pytest.raises(CodecError, match="whole number"):
        encode(1 << 8 * codec.MAX_INT)


def test_limits_hold_for_the_reader(monkeypatch):
    many, deep, wide = encode([0] * 2000), encode(1), b"i" + (9000).to_bytes(4, "big") + b"\1" * 9000
    for _ in range(codec.MAX_DEPTH + 2):
        deep = b"l" + (1).to_bytes(4, "big") + deep
    monkeypatch.setattr(codec, "MAX_ITEMS", 1000)

    for data in (many, deep, wide, b"l\xff\xff\xff\xff" + b"N" * 50, b"s\xff\xff\xff\xffabc"):
        with pytest.raises(CodecError):
            decode(data)


def test_names_and_references_are_refused_where_nobody_resolves_them():
    for write in (
        lambda encoder: codec_remote.write_named(encoder, codec_remote.Named("os", "system"), 0),
        lambda encoder: codec_remote.write_remote(encoder, codec_remote.Remote(yours=False, id=0), 0),
    ):
        encoder = Encoder()
        write(encoder)
        with pytest.raises(CodecError):
            Decoder(bytes(encoder.out)).read()


def test_an_object_whose_reading_raises_is_said_to_be_so():
    class Sneaky(Exception):
        def __getattribute__(self, name):
            raise SystemError(name)

    with pytest.raises(CodecError, match="SystemError"):
        encode(Sneaky())


def test_arrays_are_refused_where_there_is_no_numpy(monkeypatch):
    monkeypatch.setattr(codec_arrays, "loaded", lambda _: None)

    with pytest.raises(CodecError, match="numpy"):
        decode(b"a" + encode("<f8") + encode((1,)) + encode(b"12345678"))
