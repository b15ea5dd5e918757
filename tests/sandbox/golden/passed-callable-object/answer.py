class Scaled:
    def __init__(self, scale):
        self.scale = scale
    def __call__(self, x):
        return self.scale * x
f = Scaled(4)
