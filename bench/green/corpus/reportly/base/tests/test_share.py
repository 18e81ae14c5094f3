import unittest
from decimal import Decimal

from reportly.rows import Row
from reportly.share import average, share

ROWS = [Row("pens", 3, Decimal("1.00")), Row("ink", 1, Decimal("5.00"))]


class ShareTest(unittest.TestCase):
    def test_share(self):
        self.assertEqual(share(ROWS[0], ROWS), Decimal("37.5"))

    def test_nothing(self):
        self.assertEqual(share(Row("pens", 0, Decimal(1)), []), 0)

    def test_average(self):
        self.assertEqual(average(ROWS), Decimal("2.00"))
        self.assertEqual(average([]), 0)
