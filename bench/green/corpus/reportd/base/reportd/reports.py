def by_customer(db):
    out = {}
    for (name,) in db.query("SELECT DISTINCT customer FROM orders ORDER BY customer"):
        rows = db.query("SELECT cents FROM orders WHERE customer = ?", name)
        out[name] = sum(cents for (cents,) in rows)
    return out


def by_day(db):
    return dict(db.query("SELECT day, sum(cents) FROM orders GROUP BY day ORDER BY day"))
