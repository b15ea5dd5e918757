import matplotlib.pyplot as plt
def f(n):
    plt.figure()
    plt.plot(range(n))
    plt.xlabel(f"{n} points")
