"""The command line, one of the doors: it reads arguments, calls one thing below, prints. Each file adds its own commands."""
