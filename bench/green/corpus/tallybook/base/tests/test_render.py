from tallybook import render_text


def test_workshop(workshop, golden):
    golden("workshop", render_text(workshop))
