"""Runs Aider for one message, on no settings but those of its command line, and writes down how that ended.

Aider reads `.env` (over the environment), `.aider.conf.yml` and model settings out of the repository that it works on:
each of them could send it elsewhere, with the session's key. It ends with exit code 0 whatever came of the work, and
its output holds the words of the model beside its own. So its parts are called here rather than its command.

Arguments: the file to write the end into, the file with the message, then the command line for Aider.
"""

import gc
import json
import os
import sys

WORDS_CHARS_MAX = 4_000
STEPS_MAX = 200
# Aider tries again by itself, twice as long each time from a quarter of a second on. Moose tries again too.
RETRY_DELAY_MAX_S = 1
# Each file that the model asks to see, and each edit that does not fit, is one; Aider's own three are soon used up.
REFLECTIONS_MAX = 8


class Ending:
    """What happened, in order, without the words of the model: the last of it tells how the run came out."""

    def __init__(self, path):
        self.path = path
        self.steps = []

    def add(self, step, **facts):
        words = {name: str(value)[:WORDS_CHARS_MAX] if isinstance(value, str) else value for name, value in facts.items()}
        self.steps = [*self.steps, {"step": step, **words}][-STEPS_MAX:]

    def write(self, how, **facts):
        with open(f"{self.path}.new", "w", encoding="utf-8") as file:
            json.dump({"how": how, **facts, "steps": self.steps}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{self.path}.new", self.path)


def close_to_the_repository(ending):
    """Takes away from Aider what it would read from the repository about itself, and what it would show to a person."""
    from aider import main as program
    from aider.coders import base_coder
    from aider.io import InputOutput
    from aider.repomap import RepoMap

    wanted = [
        (program, "load_dotenv_files"),
        (program, "generate_search_path_list"),
        (program, "get_parser"),
        (base_coder, "RETRY_TIMEOUT"),
        (base_coder.Coder, "max_reflections"),
        (base_coder.Coder, "send"),
        (base_coder.Coder, "apply_updates"),
        (base_coder.Coder, "allowed_to_edit"),
        (InputOutput, "tool_error"),
        (InputOutput, "tool_warning"),
        (InputOutput, "offer_url"),
        (RepoMap, "TAGS_CACHE_DIR"),
    ]
    missing = [f"{getattr(owner, '__name__', owner)}.{name}" for owner, name in wanted if not hasattr(owner, name)]
    if missing:
        raise LookupError(f"This version of Aider has no {', '.join(missing)}.")
    get_parser = program.get_parser
    program.load_dotenv_files = lambda *_args, **_options: []
    program.generate_search_path_list = lambda _name, _git_root, given: [given] if given else []
    program.get_parser = lambda _config_files, git_root: get_parser([], git_root)
    base_coder.RETRY_TIMEOUT = RETRY_DELAY_MAX_S
    base_coder.Coder.max_reflections = REFLECTIONS_MAX
    # Absolute, so that it is none of the worktree's files.
    RepoMap.TAGS_CACHE_DIR = os.path.join(os.path.expanduser("~"), ".aider", "tags")
    # With `--yes-always` it would open a browser.
    InputOutput.offer_url = lambda *_args, **_options: False
    listen(InputOutput, "tool_error", lambda words: ending.add("error", words=words))
    listen(InputOutput, "tool_warning", lambda words: ending.add("warning", words=words))
    return program, base_coder


def listen(owner, name, hear):
    original = getattr(owner, name)

    def heard(self, message="", *args, **options):
        if str(message).strip():
            hear(str(message))
        return original(self, message, *args, **options)

    setattr(owner, name, heard)


def collect_garbage_here_only():
    """Keeps Python from collecting garbage at any other moment than this one.

    Aider leaves streams unread, and httpcore closes such a stream when it is collected. A collection that starts while
    httpcore holds the lock of its connections closes the stream under the same lock, which never returns: one run in
    ten hung.
    """
    gc.disable()
    gc.collect()


def watch(coder, base_coder, ending):
    """Each call to the model, and each round of edits, becomes a step."""
    send, apply_updates, allowed_to_edit = coder.send, coder.apply_updates, coder.allowed_to_edit

    def watched_send(*args, **options):
        collect_garbage_here_only()
        try:
            yield from send(*args, **options)
        except base_coder.FinishReasonLength:
            ending.add("cut_off")
            raise
        except Exception as error:
            status = getattr(error, "status_code", None)
            ending.add("call_failed", type=type(error).__name__, status=status, words=str(error))
            raise
        sent, received = coder.message_tokens_sent, coder.message_tokens_received
        ending.add("answered", chars=len(coder.partial_response_content or ""), sent=sent, received=received)

    def watched_apply():
        edited = apply_updates()
        ending.add("edited" if edited else "not_edited", files=sorted(edited or []))
        return edited

    def watched_permission(path):
        root = os.path.realpath(coder.root)
        inside = os.path.relpath(os.path.realpath(coder.abs_root_path(path)), root)
        if inside.split(os.sep)[0] in ("..", ".git"):
            coder.io.tool_error(f"{path} is outside of the worktree: it is not changed.")
            return False
        return allowed_to_edit(path)

    coder.send, coder.apply_updates, coder.allowed_to_edit = watched_send, watched_apply, watched_permission


def run(ending, message_path, argv):
    program, base_coder = close_to_the_repository(ending)
    with open(message_path, encoding="utf-8") as file:
        message = file.read()
    coder = program.main(argv, return_coder=True)
    if not isinstance(coder, base_coder.Coder):
        ending.write("not_started", exitCode=coder if isinstance(coder, int) else 0)
        return 1
    # A temperature is refused by newer models, and the default of the others does no harm.
    coder.main_model.use_temperature = False
    watch(coder, base_coder, ending)
    coder.run(with_message=message)
    ending.write("done", reflections=coder.num_reflections, said=(coder.partial_response_content or "")[:WORDS_CHARS_MAX])
    return 0


def main():
    end_path, message_path, *argv = sys.argv[1:]
    ending = Ending(end_path)
    try:
        return run(ending, message_path, argv)
    except LookupError as error:
        ending.write("unfit", words=str(error)[:WORDS_CHARS_MAX])
        raise
    except BaseException as error:
        ending.write("crashed", type=type(error).__name__, words=str(error)[:WORDS_CHARS_MAX])
        raise


if __name__ == "__main__":
    sys.exit(main())
