import warnings
warnings.warn('look out')
import sys
print('noise', file=sys.stderr)
def f(x):
    return 2 * x
