"""A refusal is one line on standard error and exit status 1, whichever command met it."""

import sqlite3
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from assets_service.kernel.db import NoDriverError, in_one_line
from assets_service.kernel.errors import Refusal
from assets_service.settings import SettingError
from assets_service.upkeep.archive import BackupError


class Commands(click.Group):
    """A group of commands that turns refusals, wrong settings and unreachable databases or files into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            lines = [str(refusal), *(f"  {p.pointer}: {p.message.format(**p.facts)}" for p in refusal.problems)]
            raise click.ClickException("\n".join(lines)) from refusal
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise click.ClickException(in_one_line(error)) from error
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or error}") from error
        except (SettingError, BackupError, NoDriverError) as error:
            raise click.ClickException(str(error)) from error
