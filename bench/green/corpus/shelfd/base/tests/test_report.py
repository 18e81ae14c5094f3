import unittest

from shelfd.report import days_left, stock_report
from tests.support import StoreCase


class DaysLeftTest(unittest.TestCase):
    def test_pace(self):
        self.assertEqual(days_left(10, 30, 30), 10)

    def test_nothing_sold(self):
        self.assertIsNone(days_left(10, 0, 30))


class ReportTest(StoreCase):
    def test_report(self):
        self.assertGolden("stock.json", stock_report(self.store))
