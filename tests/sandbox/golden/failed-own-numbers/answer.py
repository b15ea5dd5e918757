angle = 2 * 3.1
total = counts.sum()
