import unittest
from pathlib import Path

from shelfd.units import volume_ml

CASES = Path(__file__).parent / "cases" / "units"


class UnitsTest(unittest.TestCase):
    def test_case_files(self):
        for path in sorted(CASES.glob("*.txt")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if not line or line.startswith("#"):
                    continue
                text, _, expected = line.partition(" => ")
                with self.subTest(file=path.name, text=text):
                    if expected == "error":
                        with self.assertRaises(ValueError):
                            volume_ml(text)
                    else:
                        self.assertEqual(volume_ml(text), int(expected))
