"""The leaderboard: its pages and plots."""
