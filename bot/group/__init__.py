"""The rules of a study group: cohorts, calendars, members, progress and routes.

Pure; time is an argument.
"""
