"""`python -m local bench`: how fast it is, beside floors measured in the same run."""

import json

import click


@click.command()
@click.option("--calls", is_flag=True, help="Only count the sequential remote calls.")
@click.option("--scale", metavar="N,N", help="Only count days of N times the games.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--write", is_flag=True, help="Write docs/bench.md and the README's table.")
def bench(*, calls: bool, scale: str | None, as_json: bool, write: bool) -> None:
    """Measure how fast it is, beside floors of the same run."""
    from local.bench.calls.chains import count_calls
    from local.bench.page import BASE, LAST, PAGE, load, render
    from local.bench.peers import README, with_peers
    from local.bench.run import measure
    from local.costs.prices import load_prices
    from local.costs.scale import count_load, factors, table

    if scale is not None:
        click.echo(table({factor: count_load(factor) for factor in factors(scale)}), nl=False)
        return
    prices = load_prices()
    counted = {"warm": count_calls(prices, cold=False), "cold": count_calls(prices, cold=True)}
    measured = None if calls else measure(lambda text: click.echo(f"bench: {text}", err=True))
    if write and measured:
        LAST.write_text(json.dumps(measured, indent=1) + "\n")
    if as_json:
        click.echo(json.dumps({"calls": counted, "measured": measured}, indent=1))
        return
    if write:
        last = load(LAST)
        PAGE.write_text(render(counted, last, load(BASE)))
        README.write_text(with_peers(README.read_text(), last))
    else:
        click.echo(render(counted, measured, load(BASE)), nl=False)
