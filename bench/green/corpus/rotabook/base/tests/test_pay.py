import unittest

from rotabook.pay import pay

TOLERANCE = 0.005


class PayTest(unittest.TestCase):
    def near(self, got, want):
        self.assertLessEqual(abs(got - want), TOLERANCE)

    def test_full_week(self):
        self.near(pay(40, 17.35), 694)

    def test_part_time(self):
        self.near(pay(19.5, 17.35), 338.33)

    def test_nothing(self):
        self.near(pay(0, 17.35), 0)
