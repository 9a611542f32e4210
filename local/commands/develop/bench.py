"""`python -m local bench`: how fast it is, beside floors measured in the same run."""

import json

import click


@click.command()
@click.option("--calls", is_flag=True, help="Only count the sequential remote calls.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--write", is_flag=True, help="Write docs/bench.md in place of printing it.")
def bench(*, calls: bool, as_json: bool, write: bool) -> None:
    """Measure how fast it is, beside floors of the same run."""
    from local.bench.calls.chains import count_calls
    from local.bench.page import PAGE, load_base, render
    from local.costs.prices import load_prices

    del calls  # nothing else is measured yet
    prices = load_prices()
    found = {"warm": count_calls(prices, cold=False), "cold": count_calls(prices, cold=True)}
    if as_json:
        click.echo(json.dumps({"calls": found}, indent=1))
        return
    text = render(found, load_base())
    if write:
        PAGE.write_text(text)
    else:
        click.echo(text, nl=False)
