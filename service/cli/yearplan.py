"""`yearplan`: a school's own year plan, from its table to rules."""

import typer

app = typer.Typer(no_args_is_help=True, help="Het eigen jaarplan.")
