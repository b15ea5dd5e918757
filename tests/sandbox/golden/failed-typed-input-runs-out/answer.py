def f():
    return [input() for _ in range(3)]
