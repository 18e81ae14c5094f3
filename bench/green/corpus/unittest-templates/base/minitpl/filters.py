import html

FILTERS = {
    "upper": lambda value: str(value).upper(),
    "escape": lambda value: html.escape(str(value)),
    "money": lambda value: f"{value:,.2f}",
}
