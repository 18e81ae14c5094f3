from collections import Counter


def summary(done, failed, took):
    counts = Counter(name for name, _ in done)
    lines = [f"{len(done)} done, {len(failed)} failed, {took:.1f} s"]
    lines += [f"  {name}: {count}" for name, count in sorted(counts.items())]
    lines += [f"  ! {name}: {error}" for name, error in failed]
    return "\n".join(lines) + "\n"
