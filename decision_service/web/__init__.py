"""The pages: what each kind of user sees in a browser, over the same functions as the API."""
