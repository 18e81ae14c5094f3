# How pytest and unittest report each test, in lines of JSON. Project code that runs in the same process can write lines
# too: nothing in a process can be hidden from the code that it runs.
import json
import os
import sys
import time

REASON_CHARS = 500


class Report(object):
    active = None

    def __init__(self, folder, runner):
        name = '%s-%d-%s.jsonl' % (runner, os.getpid(), os.urandom(8).hex())
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, 'O_CLOEXEC', 0)
        self.pid = os.getpid()
        self.file = os.open(os.path.join(folder, name), flags, 0o600)
        self.write({'event': 'start', 'runner': runner, 'cwd': os.getcwd()})

    def write(self, line):
        if os.getpid() != self.pid:
            return
        try:
            os.write(self.file, (json.dumps(line) + '\n').encode('utf-8', 'replace'))
        except OSError:
            pass

    def test(self, file, name, result, seconds, reason, retries=0):
        line = {'event': 'test', 'file': file, 'name': name, 'result': result, 'reason': cut(reason)}
        line['durationMs'] = None if seconds is None else round(seconds * 1000, 3)
        if retries > 0:
            line['retries'] = retries
        self.write(line)

    def end(self):
        self.write({'event': 'end'})
        os.close(self.file)


def cut(reason):
    return None if not reason else str(reason)[:REASON_CHARS]


def is_inside_test():
    names = ('PYTEST_CURRENT_TEST', 'VITEST_WORKER_ID', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT')
    return any(name in os.environ for name in names)


def watch_pytest(module, folder):
    manager = module.PytestPluginManager
    create = manager.__init__

    def create_and_register(self, *arguments, **named):
        create(self, *arguments, **named)
        self.register(PytestPlugin(folder), 'moose_report')

    manager.__init__ = create_and_register


class PytestPlugin(object):
    def __init__(self, folder):
        self.folder = folder
        self.report = None
        self.tests = {}
        self.retries = {}
        # Tests whose clean-up is told after it is known that they run again.
        self.rerun = set()
        self.is_interrupted = False

    def pytest_cmdline_main(self, config):
        """Before the plugin of pytest that would write the file: it writes what this one writes, if this one is lost."""
        path = getattr(config.option, 'xmlpath', None)
        if path and os.path.dirname(os.path.expanduser(path)) == self.folder:
            given = [each.partition('=') for each in config.getini('addopts')]
            own = [value for name, _, value in given if name in ('--junitxml', '--junit-xml')]
            config.option.xmlpath = own[-1] if own else None
        return None

    pytest_cmdline_main.pytest_impl = {'tryfirst': True}

    def pytest_load_initial_conftests(self, early_config):
        """Before any code of the project. A run that only collects reports that it ran nothing."""
        only_tells = any(each in ('--version', '-V') for each in sys.argv)
        is_part = is_inside_test() or 'PYTEST_XDIST_WORKER' in os.environ
        if Report.active is None and not only_tells and not is_part:
            self.report = Report.active = Report(self.folder, 'pytest')

    pytest_load_initial_conftests.pytest_impl = {'tryfirst': True}

    def pytest_configure(self, config):
        self.root = str(getattr(config, 'rootpath', None) or config.rootdir)

    def pytest_collectreport(self, report):
        if self.report is None or report.passed or not report.nodeid:
            return
        result = 'skipped' if report.skipped else 'failed'
        self.report.test(self.file_of(report), [], result, None, reason_of(report))

    def pytest_runtest_logreport(self, report):
        if self.report is None:
            return
        key = (report.nodeid, str(getattr(report, 'context', '')))
        if report.outcome == 'rerun':
            self.retries[report.nodeid] = self.retries.get(report.nodeid, 0) + 1
            self.tests.pop(key, None)
            self.rerun.add(key)
            return
        if report.when == 'setup':
            self.rerun.discard(key)
        if key in self.rerun:
            return
        result, reason, seconds = self.tests.get(key, ('passed', None, 0.0))
        seconds += getattr(report, 'duration', 0.0)
        if report.failed:
            result, reason = 'failed', reason_of(report)
        elif report.skipped and result != 'failed':
            is_expected = hasattr(report, 'wasxfail')
            result = 'expected_failure' if is_expected else 'skipped'
            reason = getattr(report, 'wasxfail', None) or reason_of(report)
        self.tests[key] = (result, reason, seconds)
        if report.when == 'teardown' or hasattr(report, 'context'):
            self.write(report, key)

    def write(self, report, key):
        result, reason, seconds = self.tests.pop(key)
        name = names_of(report.nodeid)
        context = getattr(report, 'context', None)
        if context is not None:
            values = ['%s=%s' % each for each in sorted((getattr(context, 'kwargs', None) or {}).items())]
            name = name + [' '.join([str(context.msg)] if context.msg else []) + '(' + ', '.join(values) + ')']
        self.report.test(self.file_of(report), name, result, seconds, reason, self.retries.get(report.nodeid, 0))

    def file_of(self, report):
        return os.path.join(self.root, report.nodeid.split('::')[0])

    def pytest_keyboard_interrupt(self, excinfo):
        self.is_interrupted = True

    def pytest_unconfigure(self, config):
        report, self.report = self.report, None
        if report is None:
            return
        if not self.is_interrupted and not self.tests:
            report.end()
        Report.active = None


def names_of(nodeid):
    before, bracket, case = nodeid.partition('[')
    names = before.split('::')[1:]
    if names:
        names[-1] += bracket + case
    return names


def reason_of(report):
    told = report.longrepr
    if isinstance(told, tuple) and len(told) == 3:
        return told[2][9:] if told[2].startswith('Skipped: ') else told[2]
    crash = getattr(told, 'reprcrash', None)
    return getattr(crash, 'message', None) or (str(told) if told else None)


def watch_unittest(module, folder):
    if is_inside_test():
        return
    runner = module.TextTestRunner
    run, make = runner.run, runner._makeResult

    def make_and_watch(self):
        result = make(self)
        if Report.active is not None and Report.active.runner is self:
            watch_result(result, Report.active)
        return result

    def run_and_report(self, test):
        if Report.active is not None:
            return run(self, test)
        report = Report.active = Report(folder, 'unittest')
        report.runner = self
        try:
            result = run(self, test)
            report.end()
            return result
        finally:
            Report.active = None

    runner._makeResult, runner.run = make_and_watch, run_and_report


def watch_result(result, report):
    begun, told = {}, set()

    def tell(test, outcome, reason, case=None):
        told.add(id(test))
        kind = type(test)
        method = getattr(test, '_testMethodName', None)
        # What failed to load, the set-up of a class, a function or a doctest in a case of the library.
        is_own = kind.__module__.partition('.')[0] in ('unittest', 'doctest')
        file = None if is_own else getattr(sys.modules.get(kind.__module__), '__file__', None)
        name = [kind.__qualname__, method]
        if is_own or method is None:
            name = [method if method not in (None, 'runTest') else str(test)]
        seconds = time.time() - begun[id(test)] if id(test) in begun else None
        report.test(file, name + ([] if case is None else [case]), outcome, seconds, reason)

    def message(error):
        return '%s: %s' % (error[0].__name__, error[1])

    def subtest(test, case, error):
        begun.setdefault(id(test), time.time())
        is_skipped = error is not None and error[0].__name__ == 'SkipTest'
        outcome = 'passed' if error is None else 'skipped' if is_skipped else 'failed'
        tell(test, outcome, None if error is None else message(error), case._subDescription())

    def stop(test):
        begun.pop(id(test), None)
        told.discard(id(test))

    listeners = {
        'startTest': lambda test: begun.__setitem__(id(test), time.time()),
        'addSuccess': lambda test: tell(test, 'passed', None),
        'addError': lambda test, error: tell(test, 'failed', message(error)),
        'addFailure': lambda test, error: tell(test, 'failed', message(error)),
        'addSkip': lambda test, reason: tell(test, 'skipped', reason),
        'addExpectedFailure': lambda test, error: tell(test, 'expected_failure', message(error)),
        'addUnexpectedSuccess': lambda test: tell(test, 'failed', 'unexpected success'),
        'addSubTest': subtest,
        'stopTest': stop,
    }
    for name, listener in listeners.items():
        attach(result, name, listener)


def attach(result, name, listener):
    method = getattr(result, name, None)
    if method is None:
        return

    def call(*arguments):
        try:
            listener(*arguments)
        except Exception:
            pass
        return method(*arguments)

    setattr(result, name, call)
