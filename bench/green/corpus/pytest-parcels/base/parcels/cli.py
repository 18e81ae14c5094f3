import argparse
import sys
import urllib.request
from datetime import datetime

from parcels.client import Client, NotFound
from parcels.eta import eta
from parcels.events import current


def http(path):
    with urllib.request.urlopen("https://api.carrier.example" + path) as answer:
        return answer.status, dict(answer.headers), answer.read().decode()


def main(argv, out, transport=http):
    parser = argparse.ArgumentParser(prog="parcels")
    commands = parser.add_subparsers(dest="command", required=True)
    track = commands.add_parser("track")
    track.add_argument("number")
    when = commands.add_parser("eta")
    when.add_argument("service")
    when.add_argument("shipped", type=datetime.fromisoformat)
    args = parser.parse_args(argv)
    if args.command == "eta":
        out.write(f"{eta(args.service, args.shipped):%Y-%m-%d}\n")
        return 0
    try:
        events = Client(transport).track(args.number)
    except NotFound:
        out.write(f"{args.number}: unknown\n")
        return 3
    out.write(f"{args.number}: {current(events)}\n")
    for event in events:
        out.write(f"  {event.at:%d.%m. %H:%M}  {event.status:<16}  {event.place}".rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
