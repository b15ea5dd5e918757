fig, ax = plt.subplots()
ax.plot([1, 2], [1, 2])
