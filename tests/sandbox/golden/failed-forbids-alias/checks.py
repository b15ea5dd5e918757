# %% visible: by hand
forbids("np.linalg")
