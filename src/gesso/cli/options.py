"""The words that several commands share, each with one meaning and one help text."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

ModelArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A name (see `gesso models`), ./folder or ./file.py; with :COMMAND for one of several."
    ),
]
"""A reference to a model."""
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")
]
"""Results for a program."""
TrustOption: TypeAlias = Annotated[
    bool, typer.Option("--trust", help="Trust a model from outside without being asked: its code may run.")
]
"""A person's word that a model may run."""
TokenOption: TypeAlias = Annotated[
    str, typer.Option("--token", metavar="TOKEN", envvar="GESSO_TOKEN", show_envvar=False, help="Opens a deployment.")
]
"""The token of a deployment."""
