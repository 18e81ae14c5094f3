import unittest

from minitpl.engine import render


class FiltersTest(unittest.TestCase):
    def test_escape(self):
        self.assertEqual(render("{{ a | escape }}", {"a": "<b>"}), "&lt;b&gt;")

    def test_chain(self):
        self.assertEqual(render("{{ a | upper | escape }}", {"a": "a&b"}), "A&amp;B")
