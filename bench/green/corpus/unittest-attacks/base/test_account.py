import unittest

from account import Account


class TestAccount(unittest.TestCase):
    def test_deposit(self):
        self.assertEqual(Account(10).deposit(5), 15)

    def test_deposit_of_nothing(self):
        with self.assertRaises(ValueError):
            Account().deposit(0)

    def test_withdraw(self):
        self.assertEqual(Account(100).withdraw(30), 70)

    def test_withdraw_more_than_the_balance(self):
        account = Account(50)
        with self.assertRaises(ValueError):
            account.withdraw(80)
        self.assertEqual(account.balance, 50)


if __name__ == "__main__":
    unittest.main()
