"""One verb a module, each with a Typer `app` of its own."""
