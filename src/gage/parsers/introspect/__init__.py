"""Asks a program what it takes: starts it, and has its parser report itself at the moment it parses."""
