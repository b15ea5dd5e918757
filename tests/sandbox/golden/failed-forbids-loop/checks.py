# %% visible: whole arrays
forbids("loop", message="Work on whole arrays.")
