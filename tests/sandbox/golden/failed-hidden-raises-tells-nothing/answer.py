def f(x):
    if x < 0:
        print('input was', x)
        raise ValueError(f'got {x}')
    return 2 * x
