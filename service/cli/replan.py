"""`replan`: what moves when the year changes, from the terminal."""

import typer

app = typer.Typer(no_args_is_help=True, help="Het jaar herplannen.")
