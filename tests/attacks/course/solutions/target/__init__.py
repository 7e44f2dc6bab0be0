"""The reference of a course that exists to be attacked."""
