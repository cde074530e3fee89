"""One page that holds all of a report: numbers, the burn-down, each finding with its change."""

from unleak.report.html.page import render

__all__ = ["render"]
