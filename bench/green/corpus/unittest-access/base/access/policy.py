from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    effect: str
    action: str
    resource: str


def matches(pattern, text):
    """A star at the end stands for anything."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return pattern == text


class Policy:
    """Rules in order; the first that matches decides, and what nobody mentions is denied."""

    def __init__(self, rules):
        self.rules = list(rules)

    def decide(self, action, resource):
        for rule in self.rules:
            if matches(rule.action, action) and matches(rule.resource, resource):
                return rule.effect
        return "deny"
