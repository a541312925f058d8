"""Carriers: how bytes leave the house. They know transports, not people; what they carry was opened a moment before and is kept nowhere."""
