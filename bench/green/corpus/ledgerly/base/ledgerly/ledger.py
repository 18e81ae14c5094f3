from collections import defaultdict


class Unbalanced(ValueError):
    pass


class Ledger:
    def __init__(self):
        self._entries = []

    def post(self, *entries):
        if sum(e.cents for e in entries) != 0:
            raise Unbalanced(entries)
        self._entries.extend(entries)

    def getBalance(self, account):
        return sum(e.cents for e in self._entries if e.account == account)

    def balances(self):
        out = defaultdict(int)
        for e in self._entries:
            out[e.account] += e.cents
        return dict(out)

    def entries(self):
        return list(self._entries)
