import argparse
import sys

from billing.money import show
from billing.reader import read_invoices


def render(invoices):
    out = ""
    for each in invoices:
        out += f"{each.number}  {each.customer:<16}{show(each.gross()):>14}  due {each.due().isoformat()}\n"
    out += f"{'total':<26}{show(sum(each.gross() for each in invoices)):>14}\n"
    return out


def main(argv=None, out=sys.stdout):
    parser = argparse.ArgumentParser(prog="billing")
    parser.add_argument("path")
    args = parser.parse_args(argv)
    out.write(render(read_invoices(args.path)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
