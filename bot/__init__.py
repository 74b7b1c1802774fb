"""The study group itself: rules, store, commands and posts; it knows no platform."""
