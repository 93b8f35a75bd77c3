"""What the notes and cases say together: patterns and the school year."""
