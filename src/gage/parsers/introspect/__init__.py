"""Introspects a program: starts it, and its parser reports its parameters when it is about to parse."""
