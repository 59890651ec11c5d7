"""A letter laid out to be printed and read on a screen, in the words of the plain text and no others."""
