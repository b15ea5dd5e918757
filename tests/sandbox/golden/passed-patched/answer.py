import time
def f():
    time.sleep(60)
    return time.time()
