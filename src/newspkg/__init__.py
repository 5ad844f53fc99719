"""News articles into a data package that a machine can check and a researcher can trust."""

__version__ = "0.1.0"
