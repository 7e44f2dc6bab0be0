"""What a notebook imports: `check("layers.Mean")` tests the cells as they ran, `save()` writes them to files."""

from .checking import check, save

__all__ = ["check", "save"]
