"""`rules`: the rules of the layers around a school."""

import typer

app = typer.Typer(no_args_is_help=True, help="Regels per laag.")
