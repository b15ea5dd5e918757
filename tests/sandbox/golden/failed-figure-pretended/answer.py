class Axes:
    def get_xlabel(self):
        return "Q (1/Å)"
ax = Axes()
