"""geppo: a monthly executive summary of cyber threats that its author can defend."""

__version__ = "0.1.0"
