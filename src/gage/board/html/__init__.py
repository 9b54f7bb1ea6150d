"""Renders self-contained HTML pages: for boards, reports and shared views."""
