"""The routes of the pages, a file for each kind of user."""
