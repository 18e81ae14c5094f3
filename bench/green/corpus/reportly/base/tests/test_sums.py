import unittest
from decimal import Decimal

from reportly.rows import Row
from reportly.sums import cents, total


class CentsTest(unittest.TestCase):
    def test_rounds(self):
        self.assertEqual(cents("1.234"), Decimal("1.23"))
        self.assertEqual(cents("1.236"), Decimal("1.24"))


class TotalTest(unittest.TestCase):
    def test_total(self):
        rows = [Row("pens", 3, Decimal("0.333")), Row("ink", 1, Decimal("2"))]
        self.assertEqual(total(rows), Decimal("3.00"))

    def test_half(self):
        amount = Decimal("2.345")
        self.assertEqual(total([Row("ink", 1, amount)]), amount.quantize(Decimal("0.01")))
