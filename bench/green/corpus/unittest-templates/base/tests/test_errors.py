import unittest

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
