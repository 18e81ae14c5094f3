import argparse
import sys

from .export import export
from .store import Store


def main(argv=None):
    parser = argparse.ArgumentParser(prog="notebin")
    parser.add_argument("--db", default="notes.db")
    sub = parser.add_subparsers(dest="command", required=True)
    add = sub.add_parser("add")
    add.add_argument("title")
    add.add_argument("body", nargs="?", default="")
    sub.add_parser("list")
    out = sub.add_parser("export")
    out.add_argument("directory")
    args = parser.parse_args(argv)
    store = Store(args.db)
    if args.command == "add":
        print(store.add(args.title, args.body))
    elif args.command == "list":
        for title in store.titles():
            print(title)
    else:
        print(f"{len(export(store, args.directory))} notes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
