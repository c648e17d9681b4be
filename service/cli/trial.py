"""`trial`: a whole year on trial, from the terminal."""

import typer

app = typer.Typer(no_args_is_help=True, help="Het proefjaar.")
