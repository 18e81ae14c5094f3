class Entry:
    def __init__(self, account, cents, note=""):
        self.account = account
        self.cents = cents
        self.note = note

    def __repr__(self):
        return f"Entry({self.account!r}, {self.cents!r}, {self.note!r})"

    def __eq__(self, other):
        if not isinstance(other, Entry):
            return NotImplemented
        return (self.account, self.cents, self.note) == (other.account, other.cents, other.note)
