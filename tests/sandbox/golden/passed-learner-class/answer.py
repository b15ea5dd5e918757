class Detector:
    def __init__(self, n):
        self.n = n
    def count(self, k):
        return self.n * k
