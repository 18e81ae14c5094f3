from reportly.sums import sum_rows, total


def share(row, rows):
    """The part of a row in all, in percent with one decimal."""
    everything = sum_rows(rows)
    return round(100 * row.total / everything, 1) if everything else 0


def average(rows):
    """What a piece costs on average."""
    pieces = sum(row.quantity for row in rows)
    return total(rows) / pieces if pieces else 0
