import sys
from datetime import datetime

from . import CronError, next_after, parse


def main(argv):
    if len(argv) != 1:
        print("usage: cronline EXPR", file=sys.stderr)
        return 2
    try:
        print(next_after(parse(argv[0]), datetime.now()).isoformat(" ", "minutes"))
    except CronError as error:
        print(f"cronline: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
