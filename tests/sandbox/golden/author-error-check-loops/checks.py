# %% visible: broken
f(1)
while True:
    pass
