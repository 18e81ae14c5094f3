import os


def write(path, text):
    try:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    except:
        print("export failed")


def remove(path):
    if os.path.exists(path):
        os.unlink(path)
