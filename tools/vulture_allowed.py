"""Names that look unused to vulture because something outside of the tree uses them. One a line, with who does."""
