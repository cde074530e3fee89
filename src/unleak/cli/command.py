"""A command whose help page has its options in groups."""

from click import Context, HelpFormatter
from typer.core import TyperCommand


class Verb(TyperCommand):
    """Groups by the panel that each option names; Typer does so only where rich draws it."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                kind = "Options" if parameter.param_type_name == "option" else "Arguments"
                group = getattr(parameter, "rich_help_panel", None) or kind
                groups.setdefault(group, []).append(record)
        for group in sorted(groups, key="Options".__eq__):
            with formatter.section(group):
                formatter.write_dl(groups[group])
