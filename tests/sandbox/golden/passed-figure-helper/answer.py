fig, ax = plt.subplots()
ax.plot(q, intensity, label="measured")
ax.set(xlabel=r"$Q$ ($\\mathrm{\\AA}^{-1}$)".replace("\\\\", "\\"), ylabel="Intensity (a.u.)", yscale="log", xlim=(0, 0.5))
ax.legend()
