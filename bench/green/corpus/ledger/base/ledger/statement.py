from . import settings


def pages(postings, size=None):
    size = size or settings.PAGE_SIZE
    for start in range(0, len(postings), size):
        yield postings[start:start + size]


def render(customer, postings):
    out = []
    chunks = list(pages(postings)) or [[]]
    for number, chunk in enumerate(chunks, 1):
        out.append(f"{customer} page {number}/{len(chunks)}")
        for day, text, amount in chunk:
            out.append(f"{day}  {text:<20}{amount:>10}")
    out.append(settings.STATEMENT_FOOTER)
    return "\n".join(out)
