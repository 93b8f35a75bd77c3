"""What goes to other systems and comes from them: built from documents alone, read and written by the register."""
