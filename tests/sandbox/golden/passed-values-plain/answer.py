from fractions import Fraction
from decimal import Decimal
from collections import Counter, namedtuple, deque, OrderedDict
from datetime import date, datetime, timedelta, timezone
Pair = namedtuple('Pair', 'a b')
def f(kind):
    return {
        'int': 2**200, 'float': 1.5, 'complex': 1 + 2j, 'str': 'Å', 'bytes': b'x', 'none': None, 'bool': True,
        'list': [1, [2]], 'tuple': (1, 2), 'set': {1, 2}, 'frozenset': frozenset('a'), 'dict': {1: {'x': 2}}, 'range': range(3),
        'fraction': Fraction(1, 3), 'decimal': Decimal('1.20'), 'date': date(2020, 1, 2), 'time': datetime(2020, 1, 2, tzinfo=timezone.utc),
        'delta': timedelta(1), 'named': Pair(1, 2), 'counter': Counter('aab'), 'deque': deque([1]), 'ordered': OrderedDict(a=1),
        'type': int,
    }[kind]
