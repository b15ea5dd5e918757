# %% visible: axes
assert ax.get_xlabel() == 'x / m'
assert ax.get_title() == 'Curve' and ax.get_yscale() == 'log' and ax.get_xlim() == (0.0, 2.0)
# %% visible: line
line = ax.lines[0]
assert_allclose(line.get_ydata(), line.get_xdata() ** 2)
assert line.get_label() == 'parabola' and [t.get_text() for t in ax.get_legend().get_texts()] == ['parabola']
# %% visible: figure
assert len(fig.axes) == 1
