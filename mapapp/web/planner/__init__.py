"""The planners' pages under ``/planowanie``: where which service is missing, and what would help."""

from mapapp.web.planner import bench_routes, report_routes, saved_routes, siting_routes  # each adds its routes
from mapapp.web.planner.pages import planner

__all__ = ["bench_routes", "planner", "report_routes", "saved_routes", "siting_routes"]
