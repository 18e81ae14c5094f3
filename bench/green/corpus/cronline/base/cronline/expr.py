from dataclasses import dataclass

LIMITS = [("minute", 0, 59), ("hour", 0, 23), ("dom", 1, 31), ("month", 1, 12), ("dow", 0, 7)]


class CronError(ValueError):
    pass


@dataclass(frozen=True)
class Expression:
    minute: frozenset
    hour: frozenset
    dom: frozenset
    month: frozenset
    dow: frozenset
    dom_any: bool
    dow_any: bool


def _field(text, name, low, high):
    values = set()
    for part in text.split(","):
        body, _, step = part.partition("/")
        try:
            by = int(step) if step else 1
            if body == "*":
                first, last = low, high
            elif "-" in body:
                first, last = map(int, body.split("-"))
            else:
                first = int(body)
                last = high if step else first
        except ValueError:
            raise CronError(f"{name}: cannot read {part!r}") from None
        if not (low <= first <= last <= high) or by < 1:
            raise CronError(f"{name}: {part!r} is out of range")
        values.update(range(first, last + 1, by))
    return frozenset(values)


def parse(text):
    parts = text.split()
    if len(parts) != 5:
        raise CronError(f"expected 5 fields, got {len(parts)}")
    fields = {name: _field(part, name, low, high) for part, (name, low, high) in zip(parts, LIMITS)}
    fields["dow"] = frozenset(d % 7 for d in fields["dow"])
    return Expression(**fields, dom_any=parts[2] == "*", dow_any=parts[4] == "*")
