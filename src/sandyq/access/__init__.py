"""The complete answer about a person, assembled from every holder (policy 4.1.1; the Law art. 24(1)(1), 25(2)(6))."""
