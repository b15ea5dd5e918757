%matplotlib inline
%load_ext autoreload
%time y = 2
def f(x):
    return y * x
f?
