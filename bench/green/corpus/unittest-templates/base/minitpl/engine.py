import re

from minitpl.filters import FILTERS

TOKEN = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")


class TemplateError(Exception):
    pass


def parse(text):
    root = []
    stack = [root]
    for token in TOKEN.split(text):
        if token.startswith("{{"):
            stack[-1].append(("value", token[2:-2].strip()))
        elif token.startswith("{%"):
            words = token[2:-2].split()
            if words[0] == "end":
                if len(stack) == 1:
                    raise TemplateError("end without a block")
                stack.pop()
                continue
            body = []
            if words[0] == "if":
                stack[-1].append(("if", words[1], body))
            elif words[0] == "for":
                stack[-1].append(("for", words[1], words[3], body))
            else:
                raise TemplateError(f"unknown tag {words[0]}")
            stack.append(body)
        elif token:
            stack[-1].append(("text", token))
    if len(stack) > 1:
        raise TemplateError("block without an end")
    return root


def run(nodes, values):
    for node in nodes:
        if node[0] == "text":
            yield node[1]
        elif node[0] == "value":
            yield look_up(node[1], values)
        elif node[0] == "if":
            if values.get(node[1]):
                yield from run(node[2], values)
        else:
            for item in values[node[2]]:
                yield from run(node[3], {**values, node[1]: item})


def look_up(expression, values):
    name, *filters = [part.strip() for part in expression.split("|")]
    if name not in values:
        raise TemplateError(f"no value for {name}")
    value = values[name]
    for each in filters:
        if each not in FILTERS:
            raise TemplateError(f"no filter {each}")
        value = FILTERS[each](value)
    return str(value)


def render(text, values):
    return "".join(run(parse(text), values))
