"""How numbers are written, and how the program's codes are said."""

import polars as pl
from IPython.display import Markdown, display

pl.Config.set_tbl_hide_dataframe_shape(True)
pl.Config.set_tbl_hide_column_data_types(True)
pl.Config.set_tbl_rows(40)
pl.Config.set_tbl_cols(20)
pl.Config.set_fmt_str_lengths(200)
pl.Config.set_tbl_width_chars(200)


def say(text):
    """Shows Markdown. Dollar signs are money here, never mathematics."""
    display(Markdown(text.replace("$", r"\$")))


def table(rows):
    """Rows, each a dictionary with the same keys, as a table of text."""
    if not rows:
        return say("Nothing to list.")
    text = [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]
    display(pl.DataFrame(text))


def count(number):
    return "–" if number is None else f"{number:,.0f}"


def several(number, noun):
    return f"{count(number)} {noun}" + ("" if number == 1 else "s")


def decimal(number, digits=2):
    return "–" if number is None else f"{number:.{digits}f}"


def percent(share, digits=1):
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def money(amount, currency):
    """An amount in major units."""
    return "–" if amount is None else f"{amount:,.0f} {currency}"


def p_value(p):
    return "–" if p is None else "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def interval(estimate, write=decimal):
    """Point, and interval, of an estimate of the program; an end that is not bounded is a dash."""
    if estimate is None or estimate["point"] is None:
        return "–"
    return f"{write(estimate['point'])} ({write(estimate['low'])} to {write(estimate['high'])})"


def difference(estimate, kind, currency=""):
    """A difference between arms: of rates in percentage points, of means in their own unit."""
    if kind == "proportion":
        return interval(estimate, lambda x: "–" if x is None else f"{100 * x:+.2f}") + " pp"
    return interval(estimate, lambda x: "–" if x is None else f"{x:+.2f}") + f" {currency}".rstrip()


def code(word):
    """A code such as `not-trustworthy` in plain words."""
    return word.replace("-", " ").replace("_", " ")


def scope(where):
    """What a check looked at."""
    if isinstance(where, str):
        return where
    return ", ".join(f"{code(key)}: {value}" for key, value in where.items())


def reason(why):
    """Why an arm has its label."""
    metric = code(why.get("metric", ""))
    adjusted = f"adjusted p {p_value(why.get('p_adjusted'))}"
    said = {
        "better": f"better in {metric} ({adjusted})",
        "worse": f"worse in {metric} ({adjusted})",
        "no-difference-shown": f"no difference shown in {metric} ({adjusted})",
        "inside-margin": f"{metric} differs by less than the margin of {why.get('margin')}",
        "guardrail-holds": f"{metric} is harmed by less than {why.get('margin')}, which is shown",
        "guardrail-open": f"whether {metric} is harmed by {why.get('margin')} or more is not known",
        "guardrail-broken": f"{metric} is harmed by more than {why.get('margin')}",
        "side-effect": f"worse in {metric}, which does not decide ({adjusted})",
        "suspiciously-large": "so large a lift is more often a fault of tracking",
        "too-few-rows": f"{why.get('n')} recipients, where {why.get('minimum')} are the least",
        "no-estimate": why.get("why"),
        "failed-check": why.get("detail"),
    }
    return said.get(why["reason"]) or code(why["reason"])


def warning(of):
    """What to be careful about, with its numbers."""
    numbers = {key: f"{value:,.4g}" if isinstance(value, float) else value for key, value in of.items()}
    rest = ", ".join(f"{code(key)} {value}" for key, value in numbers.items() if key != "warning")
    return f"{code(of['warning'])} ({rest})"
