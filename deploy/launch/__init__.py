"""The launcher behind ./jaarritme: standard library only, because nothing is installed yet."""
