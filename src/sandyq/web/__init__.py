"""The door of people: form, receipt, policy and console as plain HTML without scripts. It parses, calls the office, renders."""
