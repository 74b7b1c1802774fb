"""The machine the process runs on: its log, repeated failures, and files that only our user can read."""
