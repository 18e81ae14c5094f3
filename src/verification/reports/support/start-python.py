# Makes Python's test runners write their own report. It imports nothing until a runner is imported, never raises, and
# loads the sitecustomize that `sitecustomize.py` hides. `own_folder` is given.
import sys


def load_hidden(folder):
    """The module that Python would have loaded if this one did not stand before it."""
    sys.path[:] = [each for each in sys.path if each != folder]
    own = sys.modules.pop('sitecustomize', None)
    try:
        __import__('sitecustomize')
    except ImportError as error:
        if 'sitecustomize' not in str(error):
            raise
    finally:
        sys.modules.setdefault('sitecustomize', own)


def watch(folder):
    hooks = {'_pytest.config': 'watch_pytest', 'unittest.runner': 'watch_unittest'}

    class Finder(object):
        def find_spec(self, name, path=None, target=None):
            if name not in hooks:
                return None
            hook = hooks.pop(name)
            for finder in sys.meta_path:
                if finder is self or not hasattr(finder, 'find_spec'):
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    self.wrap(spec, hook)
                    return spec
            return None

        def wrap(self, spec, hook):
            execute = spec.loader.exec_module

            def execute_and_hook(module):
                execute(module)
                try:
                    report = type(sys)('moose_report')
                    with open(folder + '/report-python.py') as source:
                        exec(compile(source.read(), '<moose>', 'exec'), report.__dict__)
                    getattr(report, hook)(module, folder)
                except Exception:
                    pass

            spec.loader.exec_module = execute_and_hook

    sys.meta_path.insert(0, Finder())


try:
    if sys.version_info >= (3, 6):
        watch(own_folder)
except Exception:
    pass
load_hidden(own_folder)
