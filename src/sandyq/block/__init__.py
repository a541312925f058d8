"""What can stand over a person's data: block, hold and lock, and the two people that it takes to end one (policy 2.2, 4.1.3, 4.1.7)."""
