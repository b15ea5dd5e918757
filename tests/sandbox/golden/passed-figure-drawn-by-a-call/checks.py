# %% visible: each call draws
import matplotlib.pyplot as plt
f(3)
assert plt.gca().get_xlabel() == "3 points"
f(5)
assert plt.gca().get_xlabel() == "5 points"
