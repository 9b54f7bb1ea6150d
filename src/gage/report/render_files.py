"""Renders a report as the files of its run."""

from gage.report.html_output import render_html_report
from gage.report.items import Report
from gage.report.markdown_output import render_markdown_report
from gage.report.report_json import encode_report
from gage.report.report_run import DATA_NAME, HTML_NAME, MARKDOWN_NAME


def render_report_files(report: Report) -> dict[str, bytes]:
    """Returns the files by their paths: HTML, Markdown with its pictures, and the data."""
    markdown = render_markdown_report(report)
    return {
        HTML_NAME: render_html_report(report).encode("utf-8", "replace"),
        MARKDOWN_NAME: markdown.text.encode("utf-8", "replace"),
        **markdown.files,
        DATA_NAME: encode_report(report),
    }
