"""Reports: Markdown with blocks that show runs, rendered as Markdown, HTML or for a terminal. No code is executed."""
