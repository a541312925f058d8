"""The pure law: what is asked and known goes in, a verdict with every finding comes out. Standard library only; no clock, no files, no database."""
