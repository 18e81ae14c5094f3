"""Generated requests that reach something: ids of what is there, circuits that exist, and webhooks that are signed."""

import hashlib
import hmac
import json
import os
import re

import schemathesis

KNOWN = json.loads(os.environ.get("MOOSE_FUZZ_KNOWN", "{}"))
SECRET = os.environ.get("MOOSE_FUZZ_SECRET", "")
SIGNATURE = re.compile(r"^sha256=[0-9a-f]{64}$")
GENERATED = re.compile(r"^[0-9a-fA-F-]{4,36}$")


def pick(of, words):
    """The same for the same input: what is found is found again. None in one of four cases."""
    number = hashlib.sha256(of.encode("utf-8", "surrogatepass")).digest()[0]
    return None if number % 4 == 0 or not words else words[number // 4 % len(words)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    path = context.operation.path
    for name, value in (path_parameters or {}).items():
        if not isinstance(value, str) or (name == "id" and not GENERATED.match(value)):
            continue
        known = next((words for prefix, words in KNOWN.items() if path.startswith(prefix)), [])
        chosen = pick(value, known)
        if chosen is not None:
            path_parameters[name] = chosen
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path != "/api/sentinel" or not SECRET:
        return
    body = case.body
    try:
        text = json.dumps(body).encode()
    except (TypeError, ValueError):
        return
    # One that is not as it has to be stays so.
    given = (case.headers or {}).get("x-hub-signature-256", "")
    if SIGNATURE.match(given) and pick(text.decode(), ["signed"]):
        digest = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        case.headers["x-hub-signature-256"] = "sha256=" + digest
