def f(kind):
    return {
        'array': np.arange(6.0).reshape(2, 3), 'scalar': np.float32(0.5), 'bool': np.array([True, False]), 'text': np.array(['a', 'bc']),
        'object': np.array([1, 'a', None], dtype=object), 'time': np.array(['2020-01-01'], dtype='M8[D]'),
        'masked': np.ma.array([1, 2], mask=[False, True]), 'fields': np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')]),
        'complex': np.array([1j]), 'empty': np.zeros((0, 3)),
    }[kind]
