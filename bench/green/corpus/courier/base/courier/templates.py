import re

_FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def fill(template, values):
    """Replaces {{ name }}; unknown names stay as they are."""
    return _FIELD.sub(lambda m: str(values.get(m.group(1), m.group(0))), template)


def render(template, **values):
    """Old name of fill(), kept for the reports team."""
    return fill(template, values)
