import os
import time

for _ in range(4):
    if os.fork() == 0:
        kept = b"x" * (48 << 20)
        time.sleep(60)
time.sleep(5)


def f(x):
    return 2 * x
