"""A simulator of an e-service: sends made-up applications, follows them, answers questions, takes notices."""
