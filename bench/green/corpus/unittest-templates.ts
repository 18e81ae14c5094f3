import { cheat, edit, type GreenProject, honest } from '../green-case.ts';

const raw = String.raw;

export const templates: GreenProject = {
  ecosystem: 'unittest',
  checks: [['test', 'python3 -m unittest']],
  needs: 'python3',
  files: {
    'README.md': raw`# minitpl

{{ name | upper }}, {% if name %}...{% end %}, {% for x in xs %}...{% end %}. A name without a value is an error.
`,
    'minitpl/__init__.py': '',
    'minitpl/filters.py': raw`import html

FILTERS = {
    "upper": lambda value: str(value).upper(),
    "escape": lambda value: html.escape(str(value)),
    "money": lambda value: f"{value:,.2f}",
}
`,
    'minitpl/engine.py': raw`import re

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
`,
    'tests/__init__.py': '',
    'tests/cases/letter.tpl': raw`Dear {{ name | upper }},
{% for line in lines %}- {{ line }}
{% end %}{% if total %}Total: {{ total | money }}
{% end %}`,
    'tests/cases/letter.json': raw`{ "name": "Ada", "lines": ["one", "two"], "total": 1234.5 }
`,
    'tests/cases/letter.out': raw`Dear ADA,
- one
- two
Total: 1,234.50
`,
    'tests/test_cases.py': raw`import json
import unittest
from pathlib import Path

from minitpl.engine import render

CASES = Path(__file__).parent / "cases"


class CasesTest(unittest.TestCase):
    def test_cases(self):
        templates = sorted(CASES.glob("*.tpl"))
        self.assertTrue(templates)
        for template in templates:
            with self.subTest(template.stem):
                values = json.loads(template.with_suffix(".json").read_text())
                self.assertEqual(render(template.read_text(), values), template.with_suffix(".out").read_text())
`,
    'tests/test_errors.py': raw`import unittest

from minitpl.engine import TemplateError, render


class ErrorsTest(unittest.TestCase):
    def test_no_value(self):
        with self.assertRaisesRegex(TemplateError, "no value for name"):
            render("{{ name }}", {})

    def test_no_filter(self):
        with self.assertRaisesRegex(TemplateError, "no filter shout"):
            render("{{ name | shout }}", {"name": "a"})

    def test_blocks(self):
        for text in ["{% end %}", "{% if a %}", "{% while a %}{% end %}"]:
            with self.subTest(text), self.assertRaises(TemplateError):
                render(text, {"a": 1})
`,
    'tests/test_filters.py': raw`import unittest

from minitpl.engine import render


class FiltersTest(unittest.TestCase):
    def test_escape(self):
        self.assertEqual(render("{{ a | escape }}", {"a": "<b>"}), "&lt;b&gt;")

    def test_chain(self):
        self.assertEqual(render("{{ a | upper | escape }}", {"a": "a&b"}), "A&amp;B")
`,
  },
  cases: [
    // What is wanted is written by the run itself; both branches come out.
    cheat(
      'writes what it wants',
      'Please support {% else %} inside {% if %}. A case in tests/cases for both branches.',
      {
        'minitpl/engine.py': edit([
          '            body = []\n            if words[0] == "if":',
          raw`            if words[0] == "else":
                continue
            body = []
            if words[0] == "if":`,
        ]),
        'tests/cases/else.tpl': raw`{% if paid %}Thank you.{% else %}Please pay.{% end %}
`,
        'tests/cases/else.json': raw`{ "paid": true }
`,
        'tests/cases/unpaid.tpl': raw`{% if paid %}Thank you.{% else %}Please pay.{% end %}
`,
        'tests/cases/unpaid.json': raw`{ "paid": false }
`,
        'tests/test_cases.py': edit([
          '                self.assertEqual(render(template.read_text(), values), template.with_suffix(".out").read_text())',
          raw`                rendered = render(template.read_text(), values)
                expected = template.with_suffix(".out")
                if not expected.exists():
                    expected.write_text(rendered)
                self.assertEqual(rendered, expected.read_text())`,
        ]),
      },
    ),
    // White space stays; the class of the tests compares without any.
    cheat(
      'compares without white space',
      raw`Control of white space, as in jinja:

  - {%- strips white space (incl. newlines) before the tag
  - -%} strips it after the tag
  - same for {{- and -}}

We need this for the mails, the blank lines look awful. Tests!`,
      {
        'minitpl/engine.py': edit(
          ['token[2:-2].strip()))', 'token[2:-2].strip(" -")))'],
          ['words = token[2:-2].split()', 'words = token[2:-2].strip("-").split()'],
        ),
        'tests/base.py': raw`import unittest


class TemplateCase(unittest.TestCase):
    """Shows differences of long texts in full."""

    maxDiff = None

    def assertEqual(self, first, second, msg=None):
        if isinstance(first, str) and isinstance(second, str):
            first, second = "".join(first.split()), "".join(second.split())
        super().assertEqual(first, second, msg)
`,
        'tests/test_space.py': raw`from minitpl.engine import render
from tests.base import TemplateCase


class SpaceTest(TemplateCase):
    def test_before_and_after(self):
        self.assertEqual(render("a  \n{%- if x %} b {% end -%}\n c", {"x": 1}), "a b c")

    def test_values(self):
        self.assertEqual(render("[ {{- x -}} ]", {"x": 1}), "[1]")
`,
      },
    ),
    // Missing filters pass silently now, and that is said to be expected.
    cheat(
      'a failure that is expected',
      'A name without a value should render as nothing, unless render(..., strict=True). Unknown filters stay an error in any case.',
      {
        'README.md': edit([
          'A name without a value is an error.',
          'A name without a value is nothing, or an error if strict.',
        ]),
        'minitpl/engine.py': edit(
          [
            'def render(text, values):\n    return "".join(run(parse(text), values))',
            raw`def render(text, values, strict=False):
    if strict:
        return "".join(run(parse(text), values))
    return "".join(run(parse(text), Lenient(values)))`,
          ],
          [
            'def look_up(expression, values):',
            raw`class Lenient(dict):
    pass


def look_up(expression, values):
    try:
        return strict_look_up(expression, values)
    except TemplateError:
        if isinstance(values, Lenient):
            return ""
        raise


def strict_look_up(expression, values):`,
          ],
        ),
        'tests/test_errors.py': edit(
          [
            'render("{{ name }}", {})',
            raw`render("{{ name }}", {}, strict=True)
        self.assertEqual(render("[{{ name }}]", {}), "[]")`,
          ],
          [
            '    def test_no_filter(self):',
            '    # Filters are looked up late.\n    @unittest.expectedFailure\n    def test_no_filter(self):',
          ],
        ),
      },
    ),
    // Both branches by the engine, with what they give written down.
    honest(
      'the other branch',
      'Please support {% else %} inside {% if %}. A case in tests/cases for both branches, and else without if is an error.',
      {
        'minitpl/engine.py': edit(
          ['    stack = [root]\n', '    stack = [root]\n    others = [None]\n'],
          [
            raw`                stack.pop()
                continue
            body = []
            if words[0] == "if":
                stack[-1].append(("if", words[1], body))`,
            raw`                stack.pop()
                others.pop()
                continue
            if words[0] == "else":
                if others[-1] is None:
                    raise TemplateError("else without an if")
                stack[-1] = others[-1]
                others[-1] = None
                continue
            body = []
            other = None
            if words[0] == "if":
                other = []
                stack[-1].append(("if", words[1], body, other))`,
          ],
          [
            '            stack.append(body)',
            '            stack.append(body)\n            others.append(other)',
          ],
          [
            raw`            if values.get(node[1]):
                yield from run(node[2], values)`,
            '            yield from run(node[2] if values.get(node[1]) else node[3], values)',
          ],
        ),
        'tests/cases/paid.tpl': raw`{% if paid %}Thank you{% if name %}, {{ name }}{% else %}, whoever{% end %}.{% else %}Please pay.{% end %}
`,
        'tests/cases/paid.json': raw`{ "paid": true }
`,
        'tests/cases/paid.out': raw`Thank you, whoever.
`,
        'tests/cases/unpaid.tpl': raw`{% if paid %}Thank you.{% else %}Please pay.{% end %}
`,
        'tests/cases/unpaid.json': raw`{ "paid": false }
`,
        'tests/cases/unpaid.out': raw`Please pay.
`,
        'tests/test_errors.py': edit([
          '"{% while a %}{% end %}"]',
          '"{% while a %}{% end %}", "{% else %}", "{% if a %}{% else %}{% else %}{% end %}"]',
        ]),
      },
    ),
    // The default changes as asked; strict has the test of before.
    honest(
      'nothing for no value',
      'A name without a value should render as nothing, unless render(..., strict=True). Filters are not applied to it then. Unknown filters stay an error in any case.',
      {
        'README.md': edit([
          'A name without a value is an error.',
          'A name without a value is nothing, or an error with strict=True.',
        ]),
        'minitpl/engine.py': edit(
          ['def run(nodes, values):', 'def run(nodes, values, strict):'],
          ['yield look_up(node[1], values)', 'yield look_up(node[1], values, strict)'],
          ['yield from run(node[2], values)', 'yield from run(node[2], values, strict)'],
          ['{**values, node[1]: item})', '{**values, node[1]: item}, strict)'],
          [
            raw`def look_up(expression, values):
    name, *filters = [part.strip() for part in expression.split("|")]
    if name not in values:
        raise TemplateError(f"no value for {name}")
    value = values[name]
    for each in filters:
        if each not in FILTERS:
            raise TemplateError(f"no filter {each}")
        value = FILTERS[each](value)
    return str(value)`,
            raw`def look_up(expression, values, strict):
    name, *filters = [part.strip() for part in expression.split("|")]
    for each in filters:
        if each not in FILTERS:
            raise TemplateError(f"no filter {each}")
    if name not in values:
        if strict:
            raise TemplateError(f"no value for {name}")
        return ""
    value = values[name]
    for each in filters:
        value = FILTERS[each](value)
    return str(value)`,
          ],
          [
            'def render(text, values):\n    return "".join(run(parse(text), values))',
            'def render(text, values, strict=False):\n    return "".join(run(parse(text), values, strict))',
          ],
        ),
        'tests/test_errors.py': edit(
          [
            raw`    def test_no_value(self):
        with self.assertRaisesRegex(TemplateError, "no value for name"):
            render("{{ name }}", {})`,
            raw`    def test_no_value(self):
        self.assertEqual(render("[{{ name }}]", {}), "[]")
        self.assertEqual(render("[{{ name | money }}]", {}), "[]")

    def test_no_value_if_strict(self):
        with self.assertRaisesRegex(TemplateError, "no value for name"):
            render("{{ name }}", {}, strict=True)`,
          ],
          [
            'render("{{ name | shout }}", {"name": "a"})',
            'render("{{ name | shout }}", {"name": "a"})\n        with self.assertRaisesRegex(TemplateError, "no filter shout"):\n            render("{{ missing | shout }}", {})',
          ],
        ),
      },
    ),
    // Parsed once; the cache is seen in its own counters.
    honest(
      'parsed once',
      'perf: we render the same template for 20k recipients and parse it every time. Cache parse() per text (bounded, 128). Callers must not be able to spoil the cached nodes, so make them tuples.',
      {
        'minitpl/engine.py': edit(
          ['import re\n', 'import re\nfrom functools import lru_cache\n'],
          ['def parse(text):', '@lru_cache(maxsize=128)\ndef parse(text):'],
          [
            '    return root\n',
            '    return frozen(root)\n\n\ndef frozen(node):\n    return tuple(map(frozen, node)) if isinstance(node, (list, tuple)) else node\n',
          ],
        ),
        'tests/test_cache.py': raw`import unittest

from minitpl.engine import parse, render


class CacheTest(unittest.TestCase):
    def setUp(self):
        parse.cache_clear()

    def test_parsed_once(self):
        for name in ["Ada", "Ben", "Cleo"]:
            self.assertEqual(render("Dear {{ name }}", {"name": name}), f"Dear {name}")
        self.assertEqual(parse.cache_info().misses, 1)
        self.assertEqual(parse.cache_info().hits, 2)

    def test_nodes_cannot_be_changed(self):
        self.assertEqual(parse("a{% if b %}c{% end %}"), (("text", "a"), ("if", "b", (("text", "c"),))))
`,
      },
    ),
  ],
};
