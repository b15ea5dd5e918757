plt.plot([1, 2, 3])
plt.xlabel('x')
plt.show()
