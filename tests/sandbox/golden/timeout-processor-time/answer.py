import hashlib
import threading

block = b"x" * (64 << 20)  # hashing it lets other threads run
workers = [threading.Thread(target=lambda: [hashlib.sha512(block) for _ in range(1_000)]) for _ in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()


def f(x):
    return 2 * x
