import tomllib
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Settings:
    workers: int = 2
    retries: int = 2


def load(path, environ):
    """From a TOML file; JOBS_WORKERS and JOBS_RETRIES win."""
    with open(path, "rb") as file:
        values = tomllib.load(file).get("jobs", {})
    known = {field.name for field in fields(Settings)}
    for key in values:
        if key not in known:
            raise ValueError(f"unknown setting {key}")
    for name in known:
        if f"JOBS_{name.upper()}" in environ:
            values[name] = int(environ[f"JOBS_{name.upper()}"])
    return Settings(**values)
