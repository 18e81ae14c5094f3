import tempfile
import unittest
from pathlib import Path

from rotabook.rota import Shift, load_rota, shifts_of

ROTA = Path(__file__).parent / "data" / "rota.csv"


class LoadRotaTest(unittest.TestCase):
    def load(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rota.csv"
            path.write_text("person,start,end\n" + text)
            return load_rota(path)

    def test_file(self):
        shifts = load_rota(ROTA)
        self.assertEqual(len(shifts), 12)
        self.assertEqual(sum(shift.end - shift.start for shift in shifts), 92)

    def test_backwards(self):
        with self.assertRaisesRegex(ValueError, "line 2: ends before"):
            self.load("ann,9,8\n")

    def test_duplicate(self):
        with self.assertRaisesRegex(ValueError, "line 3: duplicate shift of ann"):
            self.load("ann,8,16\nann,8,12\n")


class ShiftsOfTest(unittest.TestCase):
    def test_earliest_first(self):
        shifts = [Shift(32, 40, "ann"), Shift(8, 16, "bob"), Shift(16, 24, "ann"), Shift(8, 12, "ann")]
        self.assertEqual([shift.start for shift in shifts_of("ann", shifts)], [8, 16, 32])

    def test_nobody(self):
        self.assertEqual(shifts_of("eve", [Shift(8, 16, "bob")]), [])
