def f(x, *, scale=2):
    """Doubles."""
    return scale * x
