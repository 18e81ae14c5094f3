from pathlib import Path

from ._vendor.slug import slug


def export(store, directory):
    """One Markdown file per note; returns the file names."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    names = []
    for note_id, title, body in store.all():
        name = f"{note_id:03}-{slug(title)}.md"
        (directory / name).write_text(f"# {title}\n\n{body}\n", encoding="utf-8")
        names.append(name)
    return names
