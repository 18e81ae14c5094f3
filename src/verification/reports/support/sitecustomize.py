# PYTHONPATH makes every Python of a check load this file. What it loads is compiled without the name of a file: coverage
# counts only code that comes from files.
own_folder = __file__.replace('\\', '/').rpartition('/')[0]
with open(own_folder + '/start-python.py') as source:
    exec(compile(source.read(), '<moose>', 'exec'), {'own_folder': own_folder})
