"""What proves a course: the reference scores all, what computes nothing scores nothing, and tests see mistakes."""
