"""A mailbox on this machine that takes letters as Mina meddelanden would, to try digital post against."""
