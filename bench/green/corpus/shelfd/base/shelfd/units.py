"""Pack sizes."""
import re

ML = {"ml": 1, "cl": 10, "l": 1000}
PACK = re.compile(r"(?:(\d+)x)?(\d+)(ml|cl|l)$")


def volume_ml(text):
    """Millilitres of a pack size such as ``330ml`` or ``6x330ml``."""
    match = PACK.match(text.strip())
    if not match:
        raise ValueError(f"no pack size: {text!r}")
    count, size, unit = match.groups()
    return int(count or 1) * int(size) * ML[unit]
