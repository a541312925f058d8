"""The office's policy and the law's pack as files and as versions in force: read, checked, traced, rendered, installed."""
