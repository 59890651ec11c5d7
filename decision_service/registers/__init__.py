"""The registers the service asks: what agencies answered, a port, and its adapters for SSBTEK and for files.

``port.Registers.ask`` is all the rest of the service knows. What it answers goes as it is into the
``registers`` of a case file.
"""
