"""What notes and cases add up to. Pure: whoever calls it reads, and says what may be counted."""
