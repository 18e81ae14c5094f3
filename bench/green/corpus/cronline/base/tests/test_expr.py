import unittest

from cronline import CronError, parse


class ParseTest(unittest.TestCase):
    def test_lists_ranges_steps(self):
        e = parse("*/20 8-10 1,15 * 1-5")
        self.assertEqual(e.minute, {0, 20, 40})
        self.assertEqual(e.hour, {8, 9, 10})
        self.assertEqual(e.dom, {1, 15})
        self.assertEqual(e.dow, {1, 2, 3, 4, 5})

    def test_seven_is_sunday(self):
        self.assertEqual(parse("0 0 * * 7").dow, {0})

    def test_errors(self):
        for text in ["", "* * * *", "60 * * * *", "* * 0 * *", "a * * * *", "*/0 * * * *", "5-1 * * * *"]:
            with self.subTest(text), self.assertRaises(CronError):
                parse(text)
