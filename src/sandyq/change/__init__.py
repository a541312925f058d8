"""Changing and supplementing data on documents: a new version of an item, told to who holds the old one (policy 4.1.2; the Law art. 13, 25(2)(8))."""
