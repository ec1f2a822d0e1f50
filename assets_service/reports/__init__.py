"""Dashboards: what needs me today, and the numbers anybody may know."""
