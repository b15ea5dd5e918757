angle = 2 * spacing
total = int(sum(counts))
spacing = 1
