"""Commands, one file for each, discovered. They do not know each other."""
