class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self._length = (x * x + y * y) ** 0.5
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
