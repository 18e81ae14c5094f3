import json
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
