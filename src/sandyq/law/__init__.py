"""The pure law: what is asked and known goes in, a verdict with every finding comes out.

Standard library only; no clock, no database, no files but its own data.
"""
