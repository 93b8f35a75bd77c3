"""What people see: one module per screen, and the widgets they share."""
