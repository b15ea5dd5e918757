def f(kind):
    frame = pd.DataFrame({'h': [1, 2], 'name': ['a', None], 'd': [3.1, 1.9]}, index=['x', 'y'])
    return {'frame': frame, 'series': frame['d'], 'index': frame.index, 'stamp': pd.Timestamp('2020-01-02')}[kind]
