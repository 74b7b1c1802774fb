"""One folder per platform; none knows another, none sees the database."""
