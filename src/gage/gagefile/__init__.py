"""The Gage file: text → positions → checked records. Knows no project and no run."""
