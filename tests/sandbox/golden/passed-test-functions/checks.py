# %% visible: doubles
def test_doubles():
    """doubles"""
    for n in range(5):
        assert f(n) == 2 * n
