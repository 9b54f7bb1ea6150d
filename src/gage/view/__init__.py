"""The web page and its API: HTTP and JSON over the same rooms that the command line uses. The door is `serve`."""
