import unittest

from ledgerly import Entry, Ledger, Unbalanced
from ledgerly.textio import dump, load


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.ledger.post(Entry("cash", 500), Entry("sales", -500, "tea"))

    def test_balance(self):
        self.assertEqual(self.ledger.getBalance("cash"), 500)
        self.assertEqual(self.ledger.getBalance("sales"), -500)

    def test_unknown_account(self):
        self.assertEqual(self.ledger.getBalance("nope"), 0)

    def test_unbalanced_is_refused(self):
        with self.assertRaises(Unbalanced):
            self.ledger.post(Entry("cash", 1))
        self.assertEqual(len(self.ledger.entries()), 2)

    def test_balances(self):
        self.assertEqual(self.ledger.balances(), {"cash": 500, "sales": -500})


class TextTest(unittest.TestCase):
    def test_round_trip(self):
        entries = [Entry("cash", 5, "a"), Entry("bank", -5, "b c")]
        self.assertEqual(load(dump(entries)), entries)
