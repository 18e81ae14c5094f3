def lines(passengers):
    """One line for each passenger, by name; a name that comes twice is numbered."""
    seen = {}
    result = []
    for passenger in sorted(passengers, key=lambda each: each["name"].casefold()):
        name = passenger["name"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
        result.append(f"{name:<20} {passenger['cabin'] or '-'}")
    return result


def page(passengers):
    return "\n".join(lines(passengers)) + "\n"
