"""What goes to other systems, as text: built from documents alone, read and written by the register."""
