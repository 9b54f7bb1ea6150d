"""Renders reports: Markdown with blocks that show runs, as HTML, as Markdown or in a terminal. Executes no code."""
