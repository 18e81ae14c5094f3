import json

from access.policy import Policy, Rule


def load(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    rules = []
    for each in document["rules"]:
        if each["effect"] not in ("allow", "deny"):
            raise ValueError(f"effect {each['effect']}")
        rules.append(Rule(each["effect"], each["action"], each["resource"]))
    return Policy(rules)
