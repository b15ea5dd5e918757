def f(values):
    total = 0.0
    for value in values:
        total += value
    return total
