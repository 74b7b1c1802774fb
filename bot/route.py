"""A member's route through a plan: which items count for them, by their track and choices and by what is as good as what.

Pure; whoever counts what is done asks here what there is to do.
"""
