# %% visible: bound coherent scattering lengths
assert_frame(table, pd.DataFrame({"atom": ["H", "D", "O"], "b_c": [-3.739, 6.671, 5.805]}), abs=0.005)
