"""Two versions of a plan: what has changed between them, item by item, and what that means for a cohort on its way.

An item is the same as long as its id is, so ticks follow wherever it goes. Pure.
"""
