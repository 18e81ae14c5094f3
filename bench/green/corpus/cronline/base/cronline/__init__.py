from .expr import CronError, Expression, parse
from .schedule import next_after

__all__ = ["CronError", "Expression", "parse", "next_after"]
