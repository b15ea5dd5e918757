# %% visible: two
assert f(2) == 4
# %% hidden: it also works below zero
assert f(-3) == 9, "Below zero the square is positive."
