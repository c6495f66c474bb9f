"""The planners' pages under ``/planowanie``: where which service is missing, for how many people."""

from mapapp.web.planner.pages import planner

__all__ = ["planner"]
