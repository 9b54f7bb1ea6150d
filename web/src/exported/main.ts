// Starts an exported page: its requests are answered by what is in its file.
import "./install";
import "../main";
