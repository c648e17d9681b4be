"""A command that tells wrong use in Dutch, instead of in the English of the library below it."""

import typer

# Typer carries its own copy of click, and tells of wrong use only with that copy's errors.
from typer._click.core import Context
from typer._click.exceptions import BadOptionUsage, MissingParameter, NoSuchOption, UsageError
from typer.core import TyperCommand

_WRONG_USE = 2


class DutchCommand(TyperCommand):
    """A command whose arguments are checked in Dutch; exit code 2 when they are wrong."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            typer.echo(f"{in_dutch(error)} Zie {ctx.command_path} --help.", err=True)
            raise typer.Exit(_WRONG_USE) from error


def in_dutch(error: UsageError) -> str:
    """Return what is wrong with how a command was typed."""
    if isinstance(error, NoSuchOption):
        likely = f" Bedoelde je {' of '.join(error.possibilities)}?" if error.possibilities else ""
        return f"{error.option_name} bestaat niet.{likely}"
    if isinstance(error, BadOptionUsage):
        return f"Achter {error.option_name} hoort een waarde."
    if isinstance(error, MissingParameter):
        return "Noem een bestand met regels, zoals jaarplan.toml."
    return "Deze opdracht klopt niet."
