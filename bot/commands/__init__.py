"""One file for each command, discovered. A command gathers, decides and applies; none knows another."""
