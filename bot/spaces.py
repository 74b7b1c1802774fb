"""The spaces the bot is in: brought in, removed, and what becomes of the homes there and of the data after thirty days."""
