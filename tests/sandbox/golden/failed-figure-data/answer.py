fig, ax = plt.subplots()
ax.plot(q, 2 * intensity, label="measured")
ax.set(xlabel="Q / Å⁻¹", ylabel="Intensity", yscale="log", xlim=(0, 0.5))
ax.legend()
