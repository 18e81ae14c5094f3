from .entry import Entry


def dump(entries):
    return "".join(f"{e.account}\t{e.cents}\t{e.note}\n" for e in entries)


def load(text):
    out = []
    for line in text.splitlines():
        account, cents, note = line.split("\t")
        out.append(Entry(account, int(cents), note))
    return out
