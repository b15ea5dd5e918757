fig, ax = plt.subplots()
ax.plot(q, intensity, label="measured")
ax.set(xlabel="Q (nm⁻¹)", ylabel="Intensity", yscale="log", xlim=(0, 0.5))
ax.legend()
