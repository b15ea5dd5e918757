count = 0
log = []
def f(x):
    global count
    count += 1
    log.append(x)
    return x
