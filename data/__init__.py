"""What is known: the domain and the vault, without any screen."""
