"""Starting the dashboard: processes, keys, the first account, logs. No page knows of this."""
