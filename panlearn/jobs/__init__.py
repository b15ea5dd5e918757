"""Work that no request waits for to its end: the pool that grades. Rows are the truth; a queue only wakes workers."""
