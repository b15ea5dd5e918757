# %% visible: plain values
from fractions import Fraction
from decimal import Decimal
from datetime import date, datetime, timedelta, timezone
assert f('int') == 2 ** 200
assert f('float') == 1.5 and f('complex') == 1 + 2j
assert f('str') == 'Å' and f('bytes') == b'x'
assert f('none') is None and f('bool') is True
assert f('list') == [1, [2]] and f('tuple') == (1, 2)
assert f('set') == {1, 2} and f('frozenset') == frozenset('a')
assert f('dict') == {1: {'x': 2}} and list(f('range')) == [0, 1, 2]
# %% visible: values of the standard library
assert f('fraction') == Fraction(1, 3) and f('decimal') == Decimal('1.20')
assert f('date') == date(2020, 1, 2)
assert f('time') == datetime(2020, 1, 2, tzinfo=timezone.utc)
assert f('delta') == timedelta(1)
assert f('named').a == 1 and f('named') == (1, 2)
assert f('counter')['a'] == 2 and list(f('deque')) == [1] and f('ordered') == {'a': 1}
assert f('type') is int
